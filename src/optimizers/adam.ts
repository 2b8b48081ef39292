/**
 * Adam (Kingma & Ba 2015, algorithm 1) and AdamW (Loshchilov & Hutter 2019, algorithm 2):
 * m <- β₁ m + (1 − β₁) g; v <- β₂ v + (1 − β₂) g²; θ <- θ − η (m / c₁) / (√(v / c₂) + ε), c_i = 1 − β_iᵗ.
 */
import { adamUpdate } from "../operations/update.ts";
import { checkRange, type Optimizer } from "./optimizer.ts";

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

function make(kind: "adam" | "adamW", options: AdamOptions, defaultDecay: number): Optimizer {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = defaultDecay } = options;
  checkRange(learningRate, kind, "learningRate", 0);
  checkRange(beta1, kind, "beta1", 0, 1);
  checkRange(beta2, kind, "beta2", 0, 1);
  // Without it, a gradient of exactly zero would give 0 / 0; smaller ones are zero in single precision.
  checkRange(epsilon, kind, "epsilon", 1e-30);
  checkRange(weightDecay, kind, "weightDecay", 0);
  const coupled = kind === "adam" ? weightDecay : 0;
  const decoupled = kind === "adam" ? 0 : weightDecay;
  return {
    kind,
    settings: options,
    learningRate,
    states: 2,
    // β₁ᵗ and β₂ᵗ, as running products: Math.pow differs between engines.
    memory: [1, 1],
    writeScalars(into, eta, memory) {
      memory[0] = (memory[0] as number) * beta1;
      memory[1] = (memory[1] as number) * beta2;
      into[0] = eta;
      into[1] = coupled;
      into[2] = beta1;
      into[3] = beta2;
      into[4] = epsilon;
      into[5] = 1 - (memory[0] as number);
      into[6] = 1 - (memory[1] as number);
      into[7] = decoupled;
    },
    record: (record, theta, gradient, [m, v], scalars) => {
      if (m && v) adamUpdate(record, theta, gradient, m, v, scalars);
    },
  };
}

export function adam(options: AdamOptions = {}): Optimizer {
  return make("adam", options, 0);
}

/** Adam with decoupled weight decay. */
export function adamW(options: AdamOptions = {}): Optimizer {
  return make("adamW", options, 0.01);
}
