import { describe, expect, it } from "vitest";
import { batches, circles, rebatch } from "../../src/data/index.ts";
import {
  adam,
  constant,
  cosine,
  createModel,
  type Data,
  leastSquares,
  linear,
  type Model,
  network,
  resNet,
  sgd,
  train,
} from "../../src/index.ts";
import { errorOf, rejectionOf } from "../data/errors.ts";

const all = circles({ examples: 100, noise: 0.1, seed: 4 });
const make = (seed = 1) => createModel(resNet({ input: 2, outputs: 2, width: 3, steps: 2 }), { seed });

/** Rows [from, to) of the data. */
const part = (from: number, to: number): Data => ({
  features: all.features.slice(2 * from, 2 * to),
  labels: all.labels.slice(from, to),
});

/** Chunks of uneven sizes, one of them empty. */
async function* chunks(sizes: readonly number[] = [7, 33, 0, 1, 59]): AsyncGenerator<Data> {
  let at = 0;
  for (const size of sizes) {
    yield part(at, at + size);
    at += size;
  }
}

async function finish(model: Model, ...[data, options]: [Parameters<Model["fit"]>[0], Parameters<Model["fit"]>[1]?]) {
  await model.fit(data, options);
  return model.toBytes();
}

describe("a stream", () => {
  const options = { optimizer: adam(), epochs: 3, batchSize: 16 };

  it("trains alike whatever its chunks, sync or async, as a function or an iterable", async () => {
    const expected = await finish(await make(), () => chunks(), options);
    const array = [part(0, 50), part(50, 100)];
    expect(await finish(await make(), array, options)).toEqual(expected);
    expect(await finish(await make(), () => chunks([100]), options)).toEqual(expected);
    expect(await finish(await make(), { [Symbol.asyncIterator]: () => chunks([1, 99]) }, options)).toEqual(expected);
    expect(await finish(await make(), () => rebatch(chunks() as never, { batchSize: 9 }), options)).toEqual(expected);
    const stepwise = await make();
    let steps = 0;
    for await (const step of train(stepwise, () => chunks(), options)) steps = step.iteration;
    expect(steps).toBe(21);
    expect(stepwise.toBytes()).toEqual(expected);
  });

  it("gives the bits of arrays in the same order", async () => {
    const model = await make();
    const other = await make();
    for (const _ of train(model, all, { ...options, epochs: 1, seed: 3 }));
    // The order of epoch 0 is that of `batches`.
    await other.fit(batches(all, { batchSize: 16, seed: 3 }), { ...options, epochs: 1 });
    expect(other.get()).toEqual(model.get());
  });

  it("is resumed mid-epoch with the same bits", async () => {
    const expected = await finish(await make(), () => chunks(), options);
    for (const at of [1, 7, 10, 21]) {
      let bytes: Uint8Array | undefined;
      for await (const step of train(await make(), () => chunks(), options)) {
        if (step.iteration === at) {
          bytes = step.checkpoint();
          break;
        }
      }
      const resume = bytes as Uint8Array;
      expect(await finish(await make(9), () => chunks([20, 80]), { ...options, resume })).toEqual(expected);
    }
  });

  it("is closed when training stops", async () => {
    let closed = 0;
    async function* source() {
      try {
        yield* chunks();
      } finally {
        closed++;
      }
    }
    for await (const _ of train(await make(), () => source(), options)) break;
    expect(closed).toBe(1);
    const controller = new AbortController();
    const onStep = () => controller.abort();
    await (await make()).fit(() => source(), { ...options, signal: controller.signal, onStep });
    expect(closed).toBe(2);
  });

  it("says the epoch's loss over its own examples, and stops early", async () => {
    const model = await make();
    const { history, status } = await model.fit(() => chunks(), {
      ...options,
      optimizer: sgd({ learningRate: 1e-9 }),
      epochs: 9,
      patience: 2,
      minimumChange: 1,
      validation: all,
    });
    expect(status).toBe("converged");
    expect(history).toHaveLength(3);
    expect(history[0]?.loss).toBeCloseTo(model.value(all), 5);
  });

  it("takes flat targets of several numbers, and bytes", async () => {
    const model = await createModel(network({ input: 2, layers: [linear(3)] }), { loss: leastSquares() });
    const rows: Data = { features: new Uint8Array(20).fill(255), labels: new Array(30).fill(1) };
    const result = await model.fit([rows], { batchSize: 4 });
    expect(result.history).toHaveLength(1);
  });

  it("has the rates of arrays once its length is known", async () => {
    const rates = async (data: Data | Data[], more = {}) => {
      const seen: number[] = [];
      const onStep = ({ stepSize }: { stepSize: number }) => seen.push(stepSize);
      await (await make()).fit(data, { ...options, schedule: cosine(), onStep, ...more });
      return seen;
    };
    expect(await rates([all], { examples: 100 })).toEqual(await rates(all));
  });

  it("is refused with a sentence where it cannot work", async () => {
    const model = await make();
    const refused = async (data: unknown, more = {}) =>
      (await rejectionOf(model.fit(data as Data, { ...options, ...more }))).message;
    expect(await refused(chunks())).toContain("epoch 2 of the stream, got none. A generator can be read once");
    expect(await refused(() => chunks([]))).toContain("epoch 1 of the stream, got none");
    expect(await refused(() => 5)).toContain("the function to give an iterable");
    expect(await refused([null])).toContain("{ features, labels }");
    expect(await refused([{ features: [1, 2, 3], labels: [0] }])).toContain("expected");
    expect(await refused([{ features: [1, Number.NaN], labels: [0] }])).toContain("finite features");
    expect(await refused([{ features: [1, 2], labels: [7] }])).toContain("labels from 0 to 1");
    expect(errorOf(() => train(model, () => chunks(), { schedule: cosine() })).message).toContain("examples");
    expect(errorOf(() => train(model, () => chunks(), { examples: 1.5 })).message).toContain("examples");
    expect(await finish(model, () => chunks(), { schedule: constant() })).toBeInstanceOf(Uint8Array);
    let bytes: Uint8Array | undefined;
    for await (const step of train(model, () => chunks(), options)) {
      if (step.iteration === 6) {
        bytes = step.checkpoint();
        break;
      }
    }
    expect(await refused(() => chunks([20]), { resume: bytes })).toContain("more than 6 batches");
  });

  it("that fails gives its own error, and the model still works", async () => {
    const model = await make();
    async function* broken() {
      yield part(0, 30);
      throw new Error("the disk is gone");
    }
    await expect(model.fit(() => broken(), options)).rejects.toThrow("the disk is gone");
    expect(model.memory.optimizer).toBe(0);
    await model.fit(all);
  });
});
