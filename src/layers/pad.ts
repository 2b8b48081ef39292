/** The fixed P_j of the course: copies the features, zeros in the new rows; fewer units drop rows. */
import { moveColumns } from "../operations/columns.ts";
import type { LayerKind } from "./layer.ts";
import { checkWhole, featureCount } from "./shape.ts";

export interface Pad {
  readonly kind: "pad";
  readonly units: number;
}

/** Copies the features into `units`: new ones are zero, surplus ones are dropped. No parameters. */
export function pad(units: number): Pad {
  checkWhole(units, "pad", "units");
  return Object.freeze({ kind: "pad", units });
}

export const padKind: LayerKind<Pad> = {
  kind: "pad",
  takes: () => "features",
  layOut({ units }, input) {
    const count = Math.min(units, featureCount(input));
    return {
      output: units,
      parameters: [],
      record: ({ record }, y) => (y.columns === units ? y : moveColumns(record, y, { columns: units, count })),
    };
  },
  parse: (json) => pad(json.units as number),
};
