/** A small residual network trained on two interlocked spirals: what several experiments look into. */
import { nth } from "../core/nth.ts";
import type { Precision } from "../core/recording/tensor.ts";
import { type Points, swissRoll } from "../data/index.ts";
import { type Network, resNet } from "../networks/index.ts";
import { adam } from "../optimizers/index.ts";
import type { Regularizer } from "../regularizers/index.ts";
import { cosine, createModel, type TrainableModel, train } from "../training/index.ts";

export interface Trained {
  readonly model: TrainableModel;
  readonly training: Points;
  readonly test: Points;
  readonly accuracy: number;
}

export interface TrainedOptions {
  readonly seed: number;
  readonly epochs: number;
  readonly network?: Network;
  readonly training?: Points;
  readonly test?: Points;
  readonly precision?: Precision;
  readonly learningRate?: number;
  readonly batchSize?: number;
  readonly regularizers?: readonly Regularizer[];
  /** Changes the first parameters. */
  readonly prepare?: (model: TrainableModel) => void;
}

/** Every other point trains, the others test: the course's split of the Swiss roll. */
export function rollData(): { training: Points; test: Points } {
  const all = swissRoll();
  const half = (parity: number): Points => {
    const picks = Array.from({ length: all.labels.length }, (_, i) => i).filter((i) => i % 2 === parity);
    const features = Float64Array.from(picks.flatMap((i) => [nth(all.features, 2 * i), nth(all.features, 2 * i + 1)]));
    return { ...all, features, labels: Uint8Array.from(picks, (i) => nth(all.labels, i)) };
  };
  return { training: half(0), test: half(1) };
}

/** `count` examples, one in every stretch of the same length. */
export function examplesOf({ features, labels }: Points, count: number): number[][] {
  return Array.from({ length: count }, (_, k) => {
    const i = Math.floor((k * labels.length) / count);
    return [nth(features, 2 * i), nth(features, 2 * i + 1)];
  });
}

export async function trainedNet(options: TrainedOptions): Promise<Trained> {
  const { seed, epochs, precision = "f32", learningRate = 0.01, batchSize = 64, regularizers = [] } = options;
  const roll = rollData();
  const { training = roll.training, test = roll.test } = options;
  const described = options.network ?? resNet({ input: 2, outputs: 2, width: 8, steps: 32, finalTime: 8 });
  const model = await createModel(described, { seed, precision, regularizers });
  options.prepare?.(model);
  const optimizer = adam({ learningRate });
  for (const _ of train(model, training, { optimizer, schedule: cosine(), epochs, batchSize, seed }));
  return { model, training, test, accuracy: model.evaluate(test).accuracy ?? 0 };
}
