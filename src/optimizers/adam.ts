/**
 * Adam (Kingma & Ba 2015, algorithm 1) and AdamW (Loshchilov & Hutter 2019, algorithm 2):
 * m <- β₁ m + (1 − β₁) g; v <- β₂ v + (1 − β₂) g²; θ <- θ − η (m / c₁) / (√(v / c₂) + ε), c_i = 1 − β_iᵗ.
 */
import {
  learningRateRule,
  makeUpdate,
  type Optimizer,
  shareRule,
  type UpdateEntry,
  weightDecayRule,
} from "./optimizer.ts";

export interface AdamOptions {
  /** η, default 1e-3. */
  learningRate?: number;
  /** Default 0.9. */
  beta1?: number;
  /** Default 0.999. */
  beta2?: number;
  /** Keeps a zero gradient from 0 / 0, default 1e-8. */
  epsilon?: number;
  /** `adam`: λ θ is added to the gradient, default 0. `adamW`: θ shrinks by η λ θ, default 0.01. */
  weightDecay?: number;
}

type AdamEntry = UpdateEntry<Required<AdamOptions>>;

const entryOf = (name: string, label: string, decay: number): AdamEntry => ({
  name,
  label,
  op: 22,
  states: ["mean", "square"],
  scalars: 8,
  options: {
    learningRate: learningRateRule(1e-3),
    beta1: shareRule("β₁", 0.9),
    beta2: shareRule("β₂", 0.999),
    // Without it, a gradient of exactly zero would give 0 / 0; smaller ones are zero in single precision.
    epsilon: { kind: "number", label: "ε", from: 1e-30, initial: 1e-8 },
    weightDecay: weightDecayRule(decay),
  },
});

export const adamEntry = entryOf("adam", "Adam", 0);
export const adamWEntry = entryOf("adamW", "AdamW", 0.01);

/** `coupled`: whether the decay is added to the gradient. β₁ᵗ and β₂ᵗ are running products: Math.pow differs between engines. */
function make(entry: AdamEntry, given: AdamOptions, coupled: boolean): Optimizer {
  const write = ({ beta1, beta2, epsilon, weightDecay }: Required<AdamOptions>): Optimizer["writeScalars"] => {
    return (into, eta, memory) => {
      memory[0] = (memory[0] as number) * beta1;
      memory[1] = (memory[1] as number) * beta2;
      into[0] = eta;
      into[1] = coupled ? weightDecay : 0;
      into[2] = beta1;
      into[3] = beta2;
      into[4] = epsilon;
      into[5] = 1 - (memory[0] as number);
      into[6] = 1 - (memory[1] as number);
      into[7] = coupled ? 0 : weightDecay;
    };
  };
  return makeUpdate(entry, given, write, [1, 1]);
}

export function adam(options: AdamOptions = {}): Optimizer {
  return make(adamEntry, options, true);
}

/** Adam with decoupled weight decay. */
export function adamW(options: AdamOptions = {}): Optimizer {
  return make(adamWEntry, options, false);
}
