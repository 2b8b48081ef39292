/**
 * x̂ over a batch: the objective takes the mean and variance of the batch itself, from which a step of training learns running
 * ones; scores take the running ones (Ioffe & Szegedy 2015).
 */
import { OdenetError } from "../core/errors.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import { normalize, normalizeBy } from "../operations/normalize.ts";
import { type LayerContext, type ParameterSpec, rowParameter } from "./parameters.ts";

/** Share of the latest batch in the running statistics, unless a layer says otherwise. */
export const MOMENTUM = 0.1;

/** A mean and a variance of every channel. */
export interface Statistics<T> {
  readonly mean: T;
  readonly variance: T;
}

/** Running statistics as a layer's state, 0 and 1 at first; `steps` of them over time. */
export function runningStatistics(
  name: string,
  channels: number,
  { suffix = "", steps }: { suffix?: string; steps?: number } = {},
): Statistics<ParameterSpec> {
  return {
    mean: rowParameter(`${name}.mean${suffix}`, channels, steps),
    variance: { ...rowParameter(`${name}.variance${suffix}`, channels, steps, "one"), least: 0 },
  };
}

/** The least number of examples in a batch whose images have so many positions: one number is its own mean. */
export const leastExamples = (positions: number): number => (positions === 1 ? 2 : 1);

export interface OverBatch {
  readonly epsilon?: number;
  /** What normalises, for errors. */
  readonly where: string;
  running(): Statistics<Tensor>;
  /** Told what the batch has. */
  learn(batch: Statistics<Tensor>): void;
}

/** x̂. Throws `length` where the batch has a single row. */
export function normalizeOverBatch(
  { record, statistics }: Pick<LayerContext, "record" | "statistics">,
  x: Tensor,
  { epsilon = 1e-5, where, running, learn }: OverBatch,
): Tensor {
  if (statistics === "running") return normalizeBy(record, x, { ...running(), epsilon });
  if (x.rows < 2) throw tooFew(where);
  const batch = normalize(record, x, { norm: "batch", epsilon });
  learn(batch);
  return batch.normalized;
}

/**
 * `(1 − share) running + share · batch` in a step of training, where the variance of n numbers counts as n / (n − 1) σ², the
 * unbiased estimate, as in PyTorch. With steps over time, from `first` on as many as `batch` has.
 */
export function learnStatistics(
  { training }: LayerContext,
  running: Statistics<ParameterSpec>,
  batch: Statistics<Tensor>,
  { n, share = MOMENTUM, first = 0 }: { n: number; share?: number; first?: number },
): void {
  training?.learn(running.mean.name, batch.mean, share, share, first);
  training?.learn(running.variance.name, batch.variance, share, (share * n) / (n - 1), first);
}

function tooFew(where: string): OdenetError {
  return new OdenetError(
    "length",
    `${where}: expected a batch of at least 2 examples, got 1, which is its own mean. Take more examples, or layer norm; scores and predict do with one.`,
  );
}
