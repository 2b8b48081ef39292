/** Batch b = examples π(b · size) … π(b · size + size − 1), π a permutation by seed; the last batch may be smaller. */
import { OdenetError } from "../core/errors.ts";
import { Random, streams } from "../core/random.ts";
import { countExamples, type Dataset, selectExamples } from "./dataset.ts";
import { checkSeed } from "./generator.ts";

/** Options of `batches`. */
export interface BatchOptions {
  /** Examples in a batch, default 64. */
  batchSize?: number;
  /** Seed of the order, default 0. Give each epoch another one. */
  seed?: number;
  /** False keeps the data's order, default true. */
  shuffle?: boolean;
}

/** Throws `option` unless batchSize is a whole number from 1. */
export function checkBatchSize(where: string, batchSize: number): void {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new OdenetError(
      "option",
      `${where}: expected batchSize to be a whole number from 1, got ${String(batchSize)}. 64 is a good start.`,
    );
  }
}

/**
 * Goes once through the data in batches, each a data set of its own (copied). Every example comes exactly once.
 * Options are checked at the call. Throws `option` and `length`.
 */
export function batches<D extends Dataset>(data: D, options: BatchOptions = {}): Generator<D, void, undefined> {
  const { batchSize = 64, seed = 0, shuffle = true } = options;
  const n = countExamples(data, "batches");
  checkBatchSize("batches", batchSize);
  checkSeed("batches", seed);
  const order = shuffle
    ? new Random(seed, streams.shuffling).permutation(n)
    : Uint32Array.from({ length: n }, (_, i) => i);
  return (function* () {
    for (let at = 0; at < n; at += batchSize) yield selectExamples(data, order.subarray(at, at + batchSize));
  })();
}
