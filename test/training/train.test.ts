import { describe, expect, it } from "vitest";
import { cosine, createModel, sgd, train } from "../../src/index.ts";
import { expectAgreement } from "../support/agreement.ts";
import { expectGivenBack } from "../support/memory.ts";
import { BATCH, bytesOf, data, freshModel, members, network, optimizerOf, precisions } from "./subjects.ts";

/** θ after training a fresh model. */
async function trained(precision: "f32" | "f64", options: Parameters<typeof train>[2], seed = 0) {
  const model = await freshModel(precision, seed);
  const steps = [...train(model, data, options)];
  return { model, steps, bytes: bytesOf(model) };
}

describe.each(members)("$name in $precision", ({ name, precision }) => {
  const options = (seed: number) => ({
    optimizer: optimizerOf(name, 0.02),
    epochs: 3,
    batchSize: BATCH,
    schedule: cosine(),
    seed,
  });

  it("gives the same bytes with the same seed, others with another, and learns", async () => {
    const [first, second, other] = [
      await trained(precision, options(1)),
      await trained(precision, options(1)),
      await trained(precision, options(2)),
    ];
    expect(second.steps).toEqual(first.steps);
    expect(second.bytes).toEqual(first.bytes);
    expect(other.bytes).not.toEqual(first.bytes);
    const before = (await freshModel(precision)).evaluate(data).loss;
    expect(first.model.evaluate(data).loss).toBeLessThan(before);
  });

  it("fit gives the same bytes as train, and the same steps", async () => {
    const { steps, bytes } = await trained(precision, options(1));
    const model = await freshModel(precision);
    const seen: unknown[] = [];
    await model.fit(data, { ...options(1), onStep: (step) => seen.push(step) });
    expect(seen).toEqual(steps);
    expect(bytesOf(model)).toEqual(bytes);
  });

  it("two runs on one model in turn do not disturb each other's state", async () => {
    // Each run alone, fed with the θ that the other one leaves, must give the same as both interleaved.
    const [shared, twin] = [await freshModel(precision), await freshModel(precision)];
    const start = () => [train(shared, data, options(1)), train(shared, data, options(2))] as const;
    const [a, b] = start();
    const alone = [train(twin, data, options(1)), train(await freshModel(precision), data, options(2))] as const;
    for (let turn = 0; turn < 9; turn++) {
      const theta = shared.get();
      const step = a.next();
      twin.set(theta);
      expect(alone[0].next()).toEqual(step);
      expect(twin.get()).toEqual(shared.get());
      b.next();
    }
    expect([a.next().done, b.next().done]).toEqual([true, true]);
    alone[1].return();
    expect(shared.memory.optimizer).toBe(0);
  });
});

describe("batches", () => {
  it("cover every example once an epoch; the last one may be smaller", async () => {
    const { steps } = await trained("f64", { epochs: 2, batchSize: BATCH });
    expect(steps.map(({ epoch, iteration }) => [epoch, iteration])).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 4],
      [1, 5],
      [1, 6],
    ]);
    expect(steps.map(({ epochEnd }) => epochEnd !== undefined)).toEqual([false, false, true, false, false, true]);
    for (const epoch of [0, 1]) {
      const [first, second, third] = steps.filter((step) => step.epoch === epoch).map(({ value }) => value);
      const mean = (32 * (first as number) + 32 * (second as number) + 6 * (third as number)) / 70;
      expect(steps[3 * epoch + 2]?.epochEnd?.loss).toBeCloseTo(mean, 14);
    }
  });

  it("at rate 0 an epoch's mean is the objective over all data", async () => {
    const model = await freshModel("f64");
    const steps = [...train(model, data, { optimizer: sgd({ learningRate: 0 }), batchSize: BATCH })];
    expect(steps.at(-1)?.epochEnd?.loss).toBeCloseTo(model.value(data), 14);
  });

  it("are drawn anew in every epoch", async () => {
    const options = { optimizer: sgd({ learningRate: 0 }), batchSize: BATCH, epochs: 3 };
    const { steps } = await trained("f64", options);
    expect(new Set(steps.map(({ value }) => value)).size).toBe(9);
  });

  it.each([70, 71, 1000, 5000])("of %d examples are all 70", async (batchSize) => {
    const { steps, bytes } = await trained("f64", { epochs: 2, batchSize });
    expect(steps).toHaveLength(2);
    expect(bytes).toEqual((await trained("f64", { epochs: 2, batchSize: 70 })).bytes);
  });

  it("one example at a time", async () => {
    const { steps } = await trained("f32", { batchSize: 1 });
    expect(steps).toHaveLength(70);
  });

  it.each(precisions)("above 2,048 run in chunks: one step on the mean gradient (%s)", async (precision) => {
    const n = 5000;
    const features = Float64Array.from({ length: 2 * n }, (_, i) => ((i * 37) % 101) / 50 - 1);
    const many = { features, labels: Uint8Array.from({ length: n }, (_, i) => (i * i) % 2) };
    const model = await freshModel(precision);
    const theta = Array.from(model.get());
    const { value, gradient } = model.gradient(many);
    const [step, ...rest] = train(model, many, { optimizer: sgd({ learningRate: 0.5 }), batchSize: 2 * n });
    expect(rest).toEqual([]);
    const expected = theta.map((x, i) => x - 0.5 * (gradient[i] as number));
    expectAgreement("θ", model.get(), expected, precision === "f64" ? 1e-14 : 1e-6);
    expectAgreement("value", [step?.value as number], [value], precision === "f64" ? 1e-13 : 1e-6);
  });

  it("no epochs are no steps", async () => {
    const model = await freshModel();
    const before = model.get();
    expect([...train(model, data, { epochs: 0 })]).toEqual([]);
    expect(model.get()).toEqual(before);
  });
});

describe("validation", () => {
  it("comes with the last step of every epoch, as evaluate gives it, and changes nothing", async () => {
    const validation = { features: [0, 0, 0.5, -0.5, -1, 1], labels: [0, 1, 0] };
    const model = await freshModel();
    for (const step of train(model, data, { epochs: 2, batchSize: BATCH, validation })) {
      expect(step.epochEnd?.validation).toEqual(step.epochEnd && model.evaluate(validation));
    }
    expect(bytesOf(model)).toEqual((await trained("f32", { epochs: 2, batchSize: BATCH })).bytes);
  });
});

describe("leaving the loop", () => {
  it.each(precisions)("gives the memory back, and the model still works (%s)", async (precision) => {
    const model = await freshModel(precision);
    const before = model.memory;
    for (const run of [1, 2, 3]) {
      for (const step of train(model, data, { optimizer: optimizerOf("adam", 0.01), epochs: 9, batchSize: BATCH })) {
        expect(model.memory.optimizer).toBeGreaterThan(0);
        if (step.iteration === 4 * run) break; // in the middle of an epoch
      }
      expectGivenBack(model, before);
    }
    expect(model.evaluate(data).loss).toBeLessThan((await freshModel(precision)).evaluate(data).loss);
    expect([...train(model, data, { epochs: 1, batchSize: BATCH })]).toHaveLength(3);
  });

  it("by running to the end gives the memory back too", async () => {
    const model = await freshModel();
    const before = model.memory;
    for (const _ of train(model, data, { epochs: 3 }));
    expectGivenBack(model, before);
  });

  it("a generator that is never started takes nothing", async () => {
    const model = await freshModel();
    const before = model.memory;
    train(model, data, { epochs: 3 });
    expectGivenBack(model, before);
  });

  it("ending one run leaves another one's plans and features alone", async () => {
    const model = await freshModel();
    const [a, b] = [train(model, data, { batchSize: 70 }), train(model, data, { batchSize: 8 })];
    b.next();
    a.next();
    a.return();
    expect([...b]).toHaveLength(8);
  });
});

it("the model is usable between steps, with no effect on the run", async () => {
  const alone = await trained("f32", { epochs: 2, batchSize: BATCH });
  const model = await createModel(network);
  for (const _ of train(model, data, { epochs: 2, batchSize: BATCH })) {
    model.gradient(data);
    model.scores([0, 1]);
    model.evaluate(data);
    model.value({ features: [1, 1], labels: [0] });
  }
  expect(bytesOf(model)).toEqual(alone.bytes);
});
