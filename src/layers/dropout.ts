/** In training every number is zero with probability `rate`, and else divided by 1 − rate: Srivastava et al. 2014, inverted. */
import { type DataRules, pickOptions } from "../core/registry.ts";
import { dropout as mask } from "../operations/dropout.ts";
import type { LayerKind } from "./layer.ts";

export interface Dropout {
  readonly kind: "dropout";
  readonly rate: number;
}

/**
 * In a step of `train` or `fit`, `y ∘ mask / (1 − rate)`; everywhere else, `gradient` included, `y`. The mask follows from the
 * run's seed, the step and the example's place in the batch: the same for every number of threads and on every engine. 0 ≤
 * rate < 1. No parameters.
 */
export function dropout(rate: number): Dropout {
  return make({ rate });
}

const options: DataRules<Dropout> = {
  rate: { kind: "number", label: "probability", from: 0, below: 1, required: true },
};

const make = (given: object): Dropout => Object.freeze({ kind: "dropout", ...pickOptions("dropout", options, given) });

export const dropoutKind: LayerKind<Dropout> = {
  kind: "dropout",
  label: "dropout",
  options,
  layOut: ({ rate }, input) => ({
    output: input,
    parameters: [],
    draws: rate > 0,
    record: ({ record, training }, y) => (training && rate > 0 ? mask(record, y, training.draw(record), rate) : y),
  }),
  parse: make,
};
