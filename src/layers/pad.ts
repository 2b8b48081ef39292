/** The fixed P_j of the course: copies the features, zeros in the new rows; fewer units drop rows. */
import { type DataRules, pickOptions } from "../core/registry.ts";
import { moveColumns } from "../operations/columns.ts";
import type { LayerKind } from "./layer.ts";
import { sizeRule } from "./rules.ts";
import { featureCount } from "./shape.ts";

export interface Pad {
  readonly kind: "pad";
  readonly units: number;
}

/** Copies the features into `units`: new ones are zero, surplus ones are dropped. No parameters. */
export function pad(units: number): Pad {
  return make({ units });
}

const options: DataRules<Pad> = { units: sizeRule("units") };

const make = (given: object): Pad => Object.freeze({ kind: "pad", ...pickOptions("pad", options, given) });

export const padKind: LayerKind<Pad> = {
  kind: "pad",
  label: "zero padding",
  options,
  takes: () => "features",
  layOut({ units }, input) {
    const count = Math.min(units, featureCount(input));
    return {
      output: units,
      parameters: [],
      record: ({ record }, y) => (y.columns === units ? y : moveColumns(record, y, { columns: units, count })),
    };
  },
  parse: make,
};
