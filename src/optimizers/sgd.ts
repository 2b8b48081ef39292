/** Stochastic gradient descent: θ <- θ − η (g + λ θ). */
import { learningRateRule, makeUpdate, type Optimizer, type UpdateEntry, weightDecayRule } from "./optimizer.ts";

export interface SgdOptions {
  /** η, default 0.1. */
  learningRate?: number;
  /** λ, default 0. */
  weightDecay?: number;
}

export function sgd(options: SgdOptions = {}): Optimizer {
  return makeUpdate(sgdEntry, options, ({ weightDecay }) => (into, eta) => {
    into[0] = eta;
    into[1] = weightDecay;
  });
}

export const sgdEntry: UpdateEntry<Required<SgdOptions>> = {
  name: "sgd",
  label: "SGD",
  op: 20,
  states: [],
  scalars: 2,
  options: { learningRate: learningRateRule(0.1), weightDecay: weightDecayRule(0) },
};
