/** What the laws of training are tried on: small networks and data, and every optimizer with its options. */
import { ellipses } from "../../src/data/index.ts";
import {
  adam,
  adamW,
  createModel,
  type Model,
  momentum,
  type Optimizer,
  type Precision,
  resNet,
  sgd,
} from "../../src/index.ts";

export const precisions: readonly Precision[] = ["f32", "f64"];

export const network = resNet({ input: 2, outputs: 2, width: 5, steps: 3 });

export const freshModel = (precision: Precision = "f32", seed = 0): Promise<Model> =>
  createModel(network, { precision, seed });

/** 70 points of two classes: one batch of 32, another, and six that are left. */
export const data = ellipses({ examples: 70, noise: 0.1, seed: 3 });
export const BATCH = 32;

/** Optimizers whose step is one recorded update. */
type Updates = "sgd" | "momentum" | "adam" | "adamW";

/** Optimizers with options that all differ from the defaults' effects. */
export const trainers: Readonly<Record<string, { readonly kind: Updates; readonly options: object }>> = {
  sgd: { kind: "sgd", options: {} },
  "sgd with decay": { kind: "sgd", options: { weightDecay: 0.03 } },
  momentum: { kind: "momentum", options: { momentum: 0.8 } },
  "momentum with decay": { kind: "momentum", options: { momentum: 0.9, weightDecay: 0.03 } },
  Nesterov: { kind: "momentum", options: { momentum: 0.8, nesterov: true } },
  "Nesterov with decay": { kind: "momentum", options: { momentum: 0.8, nesterov: true, weightDecay: 0.03 } },
  adam: { kind: "adam", options: {} },
  "adam with other averages": { kind: "adam", options: { beta1: 0.7, beta2: 0.95, epsilon: 1e-4 } },
  "adam with decay": { kind: "adam", options: { weightDecay: 0.03 } },
  adamW: { kind: "adamW", options: {} },
  "adamW with more decay": { kind: "adamW", options: { weightDecay: 0.3 } },
};

const factories: Record<Updates, (options: object) => Optimizer> = { sgd, momentum, adam, adamW };

export function optimizerOf(name: string, learningRate: number): Optimizer {
  const trainer = trainers[name];
  if (!trainer) throw new Error(`no trainer is called ${name}`);
  return factories[trainer.kind]({ ...trainer.options, learningRate });
}

/** Every trainer with every precision, for `it.each`. */
export const members = Object.keys(trainers).flatMap((name) => precisions.map((precision) => ({ name, precision })));

export const bytesOf = (model: Model): Uint8Array => new Uint8Array(model.get().buffer);

export const allFinite = (values: ArrayLike<number>): boolean => Array.from(values).every(Number.isFinite);
