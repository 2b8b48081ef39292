/** Lion (Chen et al. 2023, algorithm 2): θ <- θ − η (sign(β₁ m + (1 − β₁) g) + λ θ); m <- β₂ m + (1 − β₂) g. */
import {
  learningRateRule,
  makeUpdate,
  type Optimizer,
  shareRule,
  type UpdateEntry,
  weightDecayRule,
} from "./optimizer.ts";

export interface LionOptions {
  /** η, default 1e-4: every entry of θ moves by so much, about a tenth of what suits `adam`. */
  learningRate?: number;
  /** Default 0.9. */
  beta1?: number;
  /** Default 0.99. */
  beta2?: number;
  /** θ shrinks by η λ θ, default 0. */
  weightDecay?: number;
}

export function lion(options: LionOptions = {}): Optimizer {
  return makeUpdate(lionEntry, options, ({ beta1, beta2, weightDecay }) => (into, eta) => {
    into[0] = eta;
    into[1] = weightDecay;
    into[2] = beta1;
    into[3] = beta2;
  });
}

export const lionEntry: UpdateEntry<Required<LionOptions>> = {
  name: "lion",
  label: "Lion",
  op: 87,
  states: ["mean"],
  scalars: 4,
  options: {
    learningRate: learningRateRule(1e-4),
    beta1: shareRule("β₁", 0.9),
    beta2: shareRule("β₂", 0.99),
    weightDecay: weightDecayRule(0),
  },
};

/** Step t with the default options as the paper states it, for the tests. */
export function reference(theta: number, g: number, state: [number, number], _t: number, rate: number): number {
  const c = 0.9 * state[0] + 0.1 * g;
  state[0] = 0.99 * state[0] + 0.01 * g;
  return theta - rate * Math.sign(c);
}
