/** An image as plain features, in the order channel, row, column. */
import { asFeatures } from "./imageForm.ts";
import type { LayerKind } from "./layer.ts";
import { featureCount } from "./shape.ts";

export interface Flatten {
  readonly kind: "flatten";
}

/** The image's numbers as features, in the order channel, row, column. No parameters. */
export function flatten(): Flatten {
  return Object.freeze({ kind: "flatten" });
}

export const flattenKind: LayerKind<Flatten> = {
  kind: "flatten",
  label: "flatten",
  options: {},
  layOut: (_layer, input) => ({
    output: featureCount(input),
    parameters: [],
    record: ({ record }, y) => asFeatures(record, y, input),
  }),
  parse: () => flatten(),
};
