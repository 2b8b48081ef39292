/** The mean over a fixed number of windows that tile an image of any size; over all of it with one. */
import { type DataRules, pickOptions } from "../core/registry.ts";
import { adaptivePool } from "../operations/pool.ts";
import { imageInput } from "./imageForm.ts";
import type { LayerKind } from "./layer.ts";
import { extentRule } from "./rules.ts";

export interface AdaptiveAveragePool2d {
  readonly kind: "adaptiveAveragePool2d";
  readonly size: number;
}

export interface GlobalAveragePool2d {
  readonly kind: "globalAveragePool2d";
}

/** The means over `size × size` windows; window i has rows ⌊i h / size⌋ to ⌈(i + 1) h / size⌉ − 1. */
export function adaptiveAveragePool2d(size: number): AdaptiveAveragePool2d {
  return make({ size });
}

const options: DataRules<AdaptiveAveragePool2d> = { size: extentRule("windows a side") };

const make = (given: object): AdaptiveAveragePool2d =>
  Object.freeze({ kind: "adaptiveAveragePool2d", ...pickOptions("adaptiveAveragePool2d", options, given) });

/** The mean of every channel, as plain features. */
export function globalAveragePool2d(): GlobalAveragePool2d {
  return Object.freeze({ kind: "globalAveragePool2d" });
}

export const adaptiveAveragePool2dKind: LayerKind<AdaptiveAveragePool2d> = {
  kind: "adaptiveAveragePool2d",
  label: "adaptive average pooling",
  options,
  takes: () => "image",
  layOut({ size }, input, name) {
    const [channels, height, width] = imageInput(input, `layer ${name} (adaptiveAveragePool2d)`);
    return {
      output: [channels, size, size],
      parameters: [],
      record: ({ record }, y) => adaptivePool(record, y, [height, width], [size, size]),
    };
  },
  parse: make,
};

export const globalAveragePool2dKind: LayerKind<GlobalAveragePool2d> = {
  kind: "globalAveragePool2d",
  label: "global average pooling",
  options: {},
  takes: () => "image",
  layOut(_layer, input, name) {
    const [channels, height, width] = imageInput(input, `layer ${name} (globalAveragePool2d)`);
    return {
      output: channels,
      parameters: [],
      record: ({ record }, y) => adaptivePool(record, y, [height, width], [1, 1]),
    };
  },
  parse: () => globalAveragePool2d(),
};
