/** What the laws of training are tried on: small networks and data, and every optimizer with its options. */
import { ellipses } from "../../src/data/index.ts";
import { createModel, type Model, type Optimizer, type Precision, resNet } from "../../src/index.ts";
import { updates } from "../reference/optimizers.ts";

export const precisions: readonly Precision[] = ["f32", "f64"];

export const network = resNet({ input: 2, outputs: 2, width: 5, steps: 3 });

export const freshModel = (precision: Precision = "f32", seed = 0): Promise<Model> =>
  createModel(network, { precision, seed });

/** 70 points of two classes: one batch of 32, another, and six that are left. */
export const data = ellipses({ examples: 70, noise: 0.1, seed: 3 });
export const BATCH = 32;

/** Optimizers with options that all differ from the defaults' effects. */
export const trainers: Readonly<Record<string, { readonly kind: string; readonly options: object }>> = {
  ...Object.fromEntries(Object.keys(updates).map((kind) => [kind, { kind, options: {} }])),
  "sgd with decay": { kind: "sgd", options: { weightDecay: 0.03 } },
  momentum: { kind: "momentum", options: { momentum: 0.8 } },
  "momentum with decay": { kind: "momentum", options: { momentum: 0.9, weightDecay: 0.03 } },
  Nesterov: { kind: "momentum", options: { momentum: 0.8, nesterov: true } },
  "Nesterov with decay": { kind: "momentum", options: { momentum: 0.8, nesterov: true, weightDecay: 0.03 } },
  "adam with other averages": { kind: "adam", options: { beta1: 0.7, beta2: 0.95, epsilon: 1e-4 } },
  "adam with decay": { kind: "adam", options: { weightDecay: 0.03 } },
  "adamW with more decay": { kind: "adamW", options: { weightDecay: 0.3 } },
};

export function optimizerOf(name: string, learningRate: number): Optimizer {
  const trainer = trainers[name];
  const factory = updates[trainer?.kind ?? ""];
  if (!trainer || !factory) throw new Error(`no trainer is called ${name}`);
  return factory({ ...trainer.options, learningRate });
}

/** Every trainer with every precision, for `it.each`. */
export const members = Object.keys(trainers).flatMap((name) => precisions.map((precision) => ({ name, precision })));

export const bytesOf = (model: Model): Uint8Array => new Uint8Array(model.get().buffer);

export const allFinite = (values: ArrayLike<number>): boolean => Array.from(values).every(Number.isFinite);
