/** Stochastic gradient descent: θ <- θ − η (g + λ θ). */
import { sgdUpdate } from "../operations/update.ts";
import { checkRange, type Optimizer } from "./optimizer.ts";

export interface SgdOptions {
  /** η, default 0.1. */
  learningRate?: number;
  /** λ, default 0. */
  weightDecay?: number;
}

export function sgd({ learningRate = 0.1, weightDecay = 0 }: SgdOptions = {}): Optimizer {
  checkRange(learningRate, "sgd", "learningRate", 0);
  checkRange(weightDecay, "sgd", "weightDecay", 0);
  return {
    kind: "sgd",
    settings: { learningRate, weightDecay },
    learningRate,
    states: 0,
    memory: [],
    writeScalars(into, eta) {
      into[0] = eta;
      into[1] = weightDecay;
    },
    record: (record, theta, gradient, _states, scalars) => sgdUpdate(record, theta, gradient, scalars),
  };
}
