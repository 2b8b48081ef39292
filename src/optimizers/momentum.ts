/** v <- μ v + g; θ <- θ − η v, or θ − η (g + μ v) for Nesterov's (Sutskever et al. 2013). */
import {
  learningRateRule,
  makeUpdate,
  type Optimizer,
  shareRule,
  type UpdateEntry,
  weightDecayRule,
} from "./optimizer.ts";

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
  return makeUpdate(momentumEntry, options, ({ momentum: mu, nesterov, weightDecay }) => (into, eta) => {
    into[0] = eta;
    into[1] = weightDecay;
    into[2] = mu;
    into[3] = nesterov ? 1 : 0;
  });
}

export const momentumEntry: UpdateEntry<Required<MomentumOptions>> = {
  name: "momentum",
  label: "momentum",
  op: 21,
  states: ["velocity"],
  scalars: 4,
  options: {
    learningRate: learningRateRule(0.1),
    momentum: shareRule("μ", 0.9),
    nesterov: { kind: "boolean", label: "Nesterov's form", initial: false },
    weightDecay: weightDecayRule(0),
  },
};
