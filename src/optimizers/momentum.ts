/** v <- μ v + g; θ <- θ − η v, or θ − η (g + μ v) for Nesterov's (Sutskever et al. 2013). */
import { momentumUpdate } from "../operations/update.ts";
import { checkRange, type Optimizer } from "./optimizer.ts";

export interface MomentumOptions {
  /** η, default 0.1. */
  learningRate?: number;
  /** μ, default 0.9. */
  momentum?: number;
  /** Default false. */
  nesterov?: boolean;
  /** λ added to the gradient as λ θ, default 0. */
  weightDecay?: number;
}

export function momentum(options: MomentumOptions = {}): Optimizer {
  const { learningRate = 0.1, momentum: mu = 0.9, nesterov = false, weightDecay = 0 } = options;
  checkRange(learningRate, "momentum", "learningRate", 0);
  checkRange(mu, "momentum", "momentum", 0, 1);
  checkRange(weightDecay, "momentum", "weightDecay", 0);
  return {
    kind: "momentum",
    settings: options,
    learningRate,
    states: 1,
    memory: [],
    writeScalars(into, eta) {
      into[0] = eta;
      into[1] = weightDecay;
      into[2] = mu;
      into[3] = nesterov ? 1 : 0;
    },
    record: (record, theta, gradient, [v], scalars) => {
      if (v) momentumUpdate(record, theta, gradient, v, scalars);
    },
  };
}
