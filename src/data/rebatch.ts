/** Chunks of any size, one after the other → batches of batchSize examples, the last one smaller: data beyond memory. */
import { OdenetError } from "../core/errors.ts";
import { checkBatchSize } from "./batches.ts";
import { countExamples, type Dataset, emptyLike, selectExamples } from "./dataset.ts";

const range = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i);

type Numbers = Dataset["features"] | Dataset["labels"];

function join<T extends Numbers>(a: T, b: T): T {
  if (Array.isArray(a)) return [...(a as readonly number[]), ...(b as readonly number[])] as readonly number[] as T;
  const [first, second] = [a as Float64Array, b as Float64Array];
  const whole = emptyLike(first, first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole as Float64Array as T;
}

/**
 * Cuts a stream of data sets (from a file, a database, a generator) into batches, in the order they come; at no time is
 * more held than one chunk and one batch. The chunks must have as many features an example as the first one and the
 * same types of arrays. Throws `option`, `length` and `shape`.
 */
export function rebatch<D extends Dataset>(
  source: AsyncIterable<D> | Iterable<D>,
  { batchSize = 64 }: { batchSize?: number } = {},
): AsyncGenerator<D, void, undefined> {
  checkBatchSize("rebatch", batchSize);
  return cut(source, batchSize);
}

async function* cut<D extends Dataset>(source: AsyncIterable<D> | Iterable<D>, size: number) {
  let rest: D | undefined; // fewer than size examples
  let held = 0;
  let width: number | undefined;
  for await (const chunk of source) {
    const n = countExamples(chunk, "rebatch");
    if (n === 0) continue;
    const each = Array.isArray(chunk.features[0]) ? chunk.features[0].length : chunk.features.length / n;
    width ??= each;
    if (each !== width) {
      throw new OdenetError(
        "shape",
        `rebatch: expected ${width} features an example as in the first chunk, got ${each}. Give every chunk the same columns.`,
      );
    }
    let at = 0;
    if (rest) {
      at = Math.min(n, size - held);
      const more = selectExamples(chunk, range(0, at));
      rest = { ...rest, features: join(rest.features, more.features), labels: join(rest.labels, more.labels) };
      held += at;
      if (held < size) continue;
      yield rest;
      rest = undefined;
      held = 0;
    }
    for (; at + size <= n; at += size) yield selectExamples(chunk, range(at, at + size));
    if (at < n) {
      rest = selectExamples(chunk, range(at, n));
      held = n - at;
    }
  }
  if (rest) yield rest;
}
