/** Data beyond memory: chunks of any size, again from the start in every epoch. */
import { OdenetError } from "../core/errors.ts";
import type { Dataset } from "../data/dataset.ts";
import { rebatch } from "../data/rebatch.ts";
import { show } from "../layers/shape.ts";
import type { Engine } from "../model/engine.ts";
import type { Data } from "../model/examples.ts";
import { checkData } from "../model/selection.ts";
import type { Settings } from "./options.ts";
import type { StepBatch } from "./stepper.ts";

type Chunks = AsyncIterable<Data> | Iterable<Data>;

/**
 * Chunks of examples, of any size: an (async) iterable that can be gone through once an epoch, such as an object with
 * `[Symbol.asyncIterator]`, or a function that starts a new pass, such as an async generator function. The order is kept.
 */
export type DataStream = Chunks | (() => Chunks);

/** Whether data come as a stream. */
export function isStream(data: unknown): data is DataStream {
  if (typeof data === "function") return true;
  if (typeof data !== "object" || data === null) return false;
  return (
    (Symbol.asyncIterator in data && typeof data[Symbol.asyncIterator] === "function") ||
    (Symbol.iterator in data && typeof data[Symbol.iterator] === "function")
  );
}

/** One pass in batches of `size` examples, each with whether it is the last. Throws as `checkData` does, and `length`. */
export async function* passOf(
  engine: Engine,
  stream: DataStream,
  { batchSize: size, classWeights }: Pick<Settings, "batchSize" | "classWeights">,
  epoch: number,
): AsyncGenerator<{ batch: StepBatch; last: boolean }, void, undefined> {
  const chunks = typeof stream === "function" ? stream() : stream;
  if (!isStream(chunks) || typeof chunks === "function") {
    throw new OdenetError(
      "option",
      `train: expected the function to give an iterable of { features, labels }, got ${show(chunks)}. Pass an async generator function.`,
    );
  }
  let waiting: StepBatch | undefined;
  for await (const part of rebatch(shaped(chunks, engine), { batchSize: size })) {
    if (waiting) yield { batch: waiting, last: false };
    const { rows, targets } = checkData(engine, part as Data, "train", { classWeights, stream: true });
    waiting = { rows, targets, first: 0, count: rows.count };
  }
  if (!waiting) {
    const again = epoch > 0 ? " A generator can be read once: pass the function that makes it." : "";
    throw new OdenetError(
      "length",
      `train: expected examples in epoch ${epoch + 1} of the stream, got none.${again || " Check its source."}`,
    );
  }
  yield { batch: waiting, last: true };
}

/** The network knows what one example is, where the chunks do not say. */
async function* shaped(chunks: Chunks, { network }: Engine): AsyncGenerator<Dataset, void, undefined> {
  for await (const chunk of chunks as AsyncIterable<Dataset>) yield { ...chunk, shape: chunk?.shape ?? network.input };
}
