/** Batch normalisation: whose statistics are taken where, how running ones are learned, and that they are saved. */
import { describe, expect, it } from "vitest";
import { fromNpz, toNpz } from "../../src/formats.ts";
import {
  activation,
  adam,
  add,
  batchNorm,
  conv2d,
  createModel,
  dense,
  flatten,
  lbfgs,
  leastSquares,
  linear,
  type Model,
  modelFromBytes,
  network,
  sgd,
  train,
} from "../../src/index.ts";
import { expectAgreement } from "../support/agreement.ts";
import { integers, symmetric } from "../support/draws.ts";
import { allFinite, bytesOf } from "./subjects.ts";

const images = network({
  input: [2, 4, 3],
  layers: [
    conv2d(5, { bias: false }),
    batchNorm(),
    activation("tanh"),
    add([conv2d(5), batchNorm({ momentum: 0.3 })]),
    flatten(),
    linear(3),
  ],
});
const PIXELS = 24;
const dataOf = (examples: number) => ({
  features: symmetric(1, examples * PIXELS),
  labels: integers(2, examples, 3),
});

const statisticsOf = (model: Model) => model.statistics.map(({ name }) => Array.from(model.get(name)));

/** One batchNorm on two features and nothing else. */
const bare = (momentum?: number) =>
  network({ input: 2, layers: [batchNorm({ affine: false, ...(momentum === undefined ? {} : { momentum }) })] });

describe("the objective takes the batch's statistics, scores the running ones", () => {
  it("so that only scores notice where the features lie and how large they are", async () => {
    const model = await createModel(network({ input: 2, layers: [batchNorm({ epsilon: 1e-12 }), linear(3)] }), {
      precision: "f64",
    });
    const data = { features: symmetric(3, 40), labels: integers(4, 20, 3) };
    const moved = { ...data, features: data.features.map((x) => 5 + 3 * x) };
    expectAgreement("value", [model.value(moved)], [model.value(data)], 1e-10);
    expectAgreement("gradient", model.gradient(moved).gradient, model.gradient(data).gradient, 1e-10);
    expect(model.evaluate(moved).loss).not.toBeCloseTo(model.evaluate(data).loss, 2);
    model.dispose();
  });

  it("of a batch of any size: it is not cut into chunks", async () => {
    const model = await createModel(images, { precision: "f64", seed: 1 });
    const few = dataOf(3);
    const times = 750; // all copies of one example, then all of the next
    const many = {
      features: [0, 1, 2].flatMap((i) =>
        Array(times)
          .fill(few.features.slice(i * PIXELS, (i + 1) * PIXELS))
          .flat(),
      ),
      labels: few.labels.flatMap((label) => Array(times).fill(label)),
    };
    const [a, b] = [model.gradient(few), model.gradient(many)];
    expectAgreement("value", [b.value, model.value(many)], [a.value, a.value], 1e-12);
    expectAgreement("gradient", b.gradient, a.gradient, 1e-11);
    expectAgreement("Gauss–Newton", model.gaussNewton(many, a.gradient), model.gaussNewton(few, a.gradient), 1e-11);
    model.dispose();
  });
});

describe("running statistics", () => {
  it("move towards the batch's mean and unbiased variance", async () => {
    const model = await createModel(bare(), { precision: "f64", loss: leastSquares });
    expect(statisticsOf(model)).toEqual([
      [0, 0],
      [1, 1],
    ]);
    const features = symmetric(5, 12);
    const expected = [0, 1].map((column) => {
      const x = features.filter((_, k) => k % 2 === column);
      const mean = x.reduce((a, b) => a + b) / 6;
      return { mean, variance: x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 5 };
    });
    for (const _ of train(model, { features, labels: Array(12).fill(0) }, { batchSize: 6, optimizer: sgd() }));
    const [mean = [], variance = []] = statisticsOf(model);
    expectAgreement(
      "mean",
      mean,
      expected.map((e) => 0.1 * e.mean),
      1e-14,
    );
    expectAgreement(
      "variance",
      variance,
      expected.map((e) => 0.9 + 0.1 * e.variance),
      1e-14,
    );
    model.dispose();
  });

  it("become those of the last batch with momentum 1, so that scores are normalised as in training", async () => {
    const model = await createModel(bare(1), { precision: "f64", loss: leastSquares });
    const data = { features: symmetric(5, 12), labels: Array(12).fill(0) };
    for (const _ of train(model, data, { batchSize: 6, optimizer: sgd() }));
    const biased = Array.from(model.get("0.variance"), (v) => (v * 5) / 6);
    model.set("0.variance", biased);
    expectAgreement("loss", [model.evaluate(data).loss], [model.value(data)], 1e-13);
    model.dispose();
  });

  it("are learned by methods that choose their own steps", async () => {
    const model = await createModel(images, { precision: "f64", seed: 1 });
    const before = statisticsOf(model);
    for (const _ of train(model, dataOf(20), { optimizer: lbfgs(), epochs: 3 }));
    statisticsOf(model).forEach((values, k) => {
      expect(allFinite(values)).toBe(true);
      expect(values).not.toEqual(before[k]);
    });
    model.dispose();
  });

  it("stay as they were in a step that diverges", async () => {
    const model = await createModel(network({ input: 2, layers: [batchNorm(), linear(1)] }), { loss: leastSquares });
    const data = { features: symmetric(5, 12), labels: Array(6).fill(3e38) };
    const before = statisticsOf(model);
    const steps = [...train(model, data, { optimizer: sgd(), epochs: 3 })];
    expect(steps.at(-1)?.diverged).toBe(true);
    expect(statisticsOf(model)).toEqual(before);
    model.dispose();
  });

  it("are no part of theta, and are saved with it", async () => {
    const model = await createModel(images, { seed: 1 });
    for (const _ of train(model, dataOf(32), { optimizer: adam(), batchSize: 16 }));
    expect(model.parameters.map(({ name }) => name)).not.toContain("1.mean");
    const loaded = await modelFromBytes(model.toBytes());
    expect(statisticsOf(loaded)).toEqual(statisticsOf(model));
    const { features } = dataOf(4);
    expect(loaded.scores(features)).toEqual(model.scores(features));
    expect(() => model.set("1.variance", [1, 1, -1, 1, 1])).toThrow(
      /set 1.variance: expected numbers from 0 on, got -1/,
    );
    const fromArrays = await fromNpz(toNpz(model));
    expect(fromArrays.scores(features)).toEqual(model.scores(features));
    for (const one of [loaded, fromArrays, model]) one.dispose();
  });

  it("are the best epoch's where early stopping goes back to it", async () => {
    const options = { optimizer: sgd({ learningRate: 20 }), batchSize: 16, patience: 2, epochs: 30 } as const;
    const data = dataOf(32);
    const [long, short] = [await createModel(images, { seed: 1 }), await createModel(images, { seed: 1 })];
    const { best, history } = await long.fit(data, options);
    expect(history.length).toBeGreaterThan((best?.epoch ?? 0) + 1);
    await short.fit(data, { ...options, epochs: (best?.epoch ?? 0) + 1 });
    expect(long.get()).toEqual(short.get());
    expect(statisticsOf(long)).toEqual(statisticsOf(short));
    for (const model of [long, short]) model.dispose();
  });

  it.each([undefined, 2])("resume from a checkpoint to the same bits, patience %s", async (patience) => {
    const data = dataOf(40);
    const options = { optimizer: adam(), batchSize: 16, epochs: 3, ...(patience ? { patience } : {}) };
    const [whole, stopped, resumed] = await Promise.all([1, 1, 9].map((seed) => createModel(images, { seed })));
    if (!whole || !stopped || !resumed) throw new Error("three models");
    for (const _ of train(whole, data, options));
    let bytes: Uint8Array | undefined;
    for (const step of train(stopped, data, options)) {
      if (step.iteration !== 5) continue;
      bytes = step.checkpoint();
      break;
    }
    for (const _ of train(resumed, data, { ...options, resume: bytes as Uint8Array }));
    expect(bytesOf(resumed)).toEqual(bytesOf(whole));
    expect(statisticsOf(resumed)).toEqual(statisticsOf(whole));
    for (const model of [whole, stopped, resumed]) model.dispose();
  });
});

it("is trained by 1, 2 and 4 threads to the same bits", async () => {
  const results = [];
  for (const threads of [1, 2, 4]) {
    const model = await createModel(images, { seed: 1, threads, sharedWork: 0 });
    for (const _ of train(model, dataOf(70), { optimizer: adam(), batchSize: 40, epochs: 2 }));
    results.push([bytesOf(model), statisticsOf(model), model.scores(dataOf(70).features)]);
    model.dispose();
  }
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
});

describe("a batch of one example", () => {
  const plain = network({ input: 3, layers: [dense(4), batchNorm(), linear(2)] });
  const one = { features: [1, 2, 3], labels: [0] };
  const three = { features: symmetric(1, 9), labels: [0, 1, 0] };

  it("of plain features is refused where its statistics are wanted, and the model still works", async () => {
    const model = await createModel(plain);
    for (const wants of [
      () => model.value(one),
      () => model.gradient(one),
      () => model.hessianVector(one, model.get()),
    ]) {
      expect(wants).toThrow(/layer 1 \(batchNorm\): expected a batch of at least 2 examples, got 1/);
    }
    expect(allFinite(model.scores(one.features))).toBe(true);
    expect(allFinite(model.gradient(three).gradient)).toBe(true);
    model.dispose();
  });

  it("is refused before training starts, be it the last of an epoch", async () => {
    const model = await createModel(plain);
    const options = { batchSize: 2, optimizer: sgd() };
    expect(() => train(model, three, options)).toThrow(/3 examples in batches of 2, the last one of 1/);
    expect(() => train(model, three, options)).toThrow(/Take another batchSize, 1 example fewer, or layer norm/);
    expect(() => train(model, three, { ...options, batchSize: 1 })).toThrow(/Take another batchSize, or layer norm/);
    expect(() => train(model, one, options)).toThrow(
      /expected batches of at least 2 examples for batch norm, got 1 example. Take more examples, or layer norm/,
    );
    for (const _ of train(model, three, { ...options, batchSize: 3 }));
    model.dispose();
  });

  it("that is an image of several positions will do", async () => {
    const model = await createModel(images);
    for (const _ of train(model, dataOf(1), { optimizer: sgd() }));
    expect(allFinite(statisticsOf(model).flat())).toBe(true);
    model.dispose();
  });
});

it.each([
  [{ epsilon: 0 }, /batchNorm: expected epsilon to be a finite number above 0, got 0/],
  [{ momentum: 1.5 }, /batchNorm: expected momentum to be a finite number from 0 to 1, got 1.5/],
  [{ affine: 1 as unknown as boolean }, /batchNorm: expected affine to be true or false/],
])("options %o are refused", (options, message) => {
  expect(() => batchNorm(options)).toThrow(message);
});
