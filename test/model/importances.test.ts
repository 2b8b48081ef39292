/** Weights of examples and masks of targets, over every loss: what they mean, and what is refused. */
import { describe, expect, it } from "vitest";
import { kFold } from "../../src/data/index.ts";
import {
  adam,
  batchNorm,
  createModel,
  type Data,
  dense,
  leastSquares,
  linear,
  logistic,
  lossSurface,
  type Model,
  network,
  newtonCG,
  softmaxCrossEntropy,
  tikhonov,
  train,
  variableProjection,
} from "../../src/index.ts";
import { lossEntry, losses } from "../../src/losses/index.ts";
import { integers, symmetric } from "../support/draws.ts";

const OUTPUTS = 3;
const N = 7;
const described = network({ input: 2, layers: [dense(4), linear(OUTPUTS)] });
type Kind = keyof typeof losses;
const kinds = Object.keys(losses) as Kind[];

const features = Array.from({ length: N }, (_, i) => symmetric(i + 1, 2));
const labelRows = (kind: Kind): number[][] =>
  Array.from({ length: N }, (_, i) => {
    const { labels } = lossEntry(kind);
    if (labels === "rows") return symmetric(50 + i, OUTPUTS);
    if (labels === "binary") return integers(50 + i, OUTPUTS, 2);
    return Array.from({ length: OUTPUTS }, (_, k) => Number(k === i % OUTPUTS));
  });

const make = (kind: Kind, options: object = {}) =>
  createModel(described, { loss: losses[kind](), precision: "f64", seed: 3, ...options });

/** All that the objective gives on data. */
function allOf(model: Model, data: Data): Record<string, readonly number[]> {
  const v = symmetric(9, model.get().length);
  const { value, gradient } = model.gradient(data);
  return {
    value: [value, model.value(data), model.evaluate(data).loss],
    gradient: [...gradient],
    gaussNewton: [...model.gaussNewton(data, v)],
    hessian: [...model.hessianVector(data, v)],
  };
}

function expectClose(a: Record<string, readonly number[]>, b: Record<string, readonly number[]>): void {
  for (const [name, values] of Object.entries(a)) {
    values.forEach((x, k) => {
      expect(Math.abs(x - (b[name]?.[k] ?? Number.NaN)), `${name}[${k}]`).toBeLessThan(1e-12 * (1 + Math.abs(x)));
    });
  }
}

describe.each(kinds)("%s", (kind) => {
  it("whole weights are examples repeated", async () => {
    const weights = [2, 0, 1, 3, 1, 1, 5];
    const labels = labelRows(kind);
    const repeated = <T>(rows: readonly T[]) => rows.flatMap((row, i) => Array<T>(weights[i] ?? 0).fill(row));
    const model = await make(kind);
    const found = allOf(model, { features, labels, weights });
    expectClose(found, allOf(model, { features: repeated(features), labels: repeated(labels) }));
    // A common factor changes nothing, and equal weights are none.
    expectClose(found, allOf(model, { features, labels, weights: weights.map((w) => 0.3 * w) }));
    expectClose(allOf(model, { features, labels, weights: Array(N).fill(4) }), allOf(model, { features, labels }));
    model.dispose();
  });

  it("chunks, threads and training take weights along", async () => {
    const n = 2500; // more than one chunk
    const many = {
      features: symmetric(1, 2 * n),
      labels: Array.from({ length: n }, (_, i) => labelRows(kind)[i % N] ?? []),
      weights: integers(5, n, 4),
    };
    const results = [];
    for (const threads of [1, 2]) {
      const model = await make(kind, { threads, sharedWork: 0 });
      const { value, gradient } = model.gradient(many);
      for (const _ of train(model, many, { batchSize: 2300, optimizer: adam(), epochs: 1 }));
      results.push([value, ...gradient, ...model.get()]);
      model.dispose();
    }
    expect(results[1]).toEqual(results[0]);
    const [whole] = results;
    const parts = await make(kind);
    const sum = many.weights.reduce((a, b) => a + b, 0);
    let value = 0;
    for (let first = 0; first < n; first += 500) {
      const weights = many.weights.slice(first, first + 500);
      const share = weights.reduce((a, b) => a + b, 0) / sum;
      const rows = many.labels.slice(first, first + 500);
      value +=
        share * parts.value({ features: many.features.slice(2 * first, 2 * first + 1000), labels: rows, weights });
    }
    expect(Math.abs(value - (whole?.[0] ?? 0))).toBeLessThan(1e-12);
    parts.dispose();
  });

  if (lossEntry(kind).labels === "classes") return; // a mask is refused there

  it("a masked target of any value changes nothing", async () => {
    const labels = labelRows(kind);
    const mask = labels.map((row, i) => row.map((_, k) => Number((i + k) % 3 > 0)));
    const model = await make(kind);
    const spoiled = (value: number) => labels.map((row, i) => row.map((c, k) => (mask[i]?.[k] ? c : value)));
    const expected = allOf(model, { features, labels, mask });
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1e30]) {
      expect(allOf(model, { features, labels: spoiled(value), mask })).toEqual(expected);
    }
    // Without what is left out: the sum over single targets, the mean over all examples.
    let sum = 0;
    for (let i = 0; i < N; i++) {
      for (let k = 0; k < OUTPUTS; k++) {
        if (!mask[i]?.[k]) continue;
        const single = labels.map((row, j) => row.map((_, l) => Number(i === j && k === l)));
        sum += model.value({ features, labels, mask: single });
      }
    }
    expect(Math.abs(sum - (expected.value?.[0] ?? 0))).toBeLessThan(1e-12);
    model.dispose();
  });
});

it("every method that has an own plan for the objective takes weights", async () => {
  const labels = labelRows("softmaxCrossEntropy");
  const weights = [2, 0, 1, 3, 1, 1, 5];
  const repeated = <T>(rows: readonly T[]) => rows.flatMap((row, i) => Array<T>(weights[i] ?? 0).fill(row));
  const twice = { features: repeated(features), labels: repeated(labels) };
  for (const optimizer of [newtonCG(), variableProjection()]) {
    const ends: number[][] = [];
    for (const data of [{ features, labels, weights }, twice]) {
      const model = await make("softmaxCrossEntropy", { regularizers: [tikhonov(1e-2)] });
      for (const _ of train(model, data, { optimizer, epochs: 3 }));
      ends.push(Array.from(model.get()));
      model.dispose();
    }
    ends[0]?.forEach((x, k) => {
      expect(Math.abs(x - (ends[1]?.[k] ?? 0))).toBeLessThan(1e-6 * (1 + Math.abs(x)));
    });
  }
  const model = await make("softmaxCrossEntropy");
  const theta = model.get();
  const axes = { at: (a: number) => theta.map((x) => x * a), a: { values: [0.5, 1] }, b: { values: [0, 1] } };
  const surfaces = [
    await lossSurface(model, { features, labels, weights }, axes),
    await lossSurface(model, twice, axes),
  ];
  surfaces[0]?.values.forEach((x, k) => {
    expect(Math.abs(x - (surfaces[1]?.values[k] ?? 0))).toBeLessThan(1e-12);
  });
  model.dispose();
});

it("a loss that is a sum takes weights as they are", async () => {
  const labels = labelRows("leastSquares");
  const model = await make("leastSquares", { loss: leastSquares({ reduction: "sum" }) });
  const value = model.value({ features, labels });
  expect(model.value({ features, labels, weights: Array(N).fill(3) })).toBeCloseTo(3 * value, 12);
  model.dispose();
});

describe("class weights", () => {
  const labels = [0, 0, 0, 0, 1, 1, 2];

  it("are factors of the examples' weights; balanced: n / (k n_c)", async () => {
    const own = [7 / 12, 7 / 12, 7 / 12, 7 / 12, 7 / 6, 7 / 6, 7 / 3];
    const ends: number[][] = [];
    for (const [data, options] of [
      [{ features, labels }, { classWeights: "balanced" as const }],
      [{ features, labels }, { classWeights: [7 / 12, 7 / 6, 7 / 3] }],
      [{ features, labels, weights: own }, {}],
    ] as const) {
      const model = await make("softmaxCrossEntropy");
      for (const _ of train(model, data, { ...options, epochs: 3 }));
      ends.push(Array.from(model.get()));
      model.dispose();
    }
    expect(ends[1]).toEqual(ends[0]);
    expect(ends[2]).toEqual(ends[0]);
  });

  it("are refused with target rows, of another length, and balanced in a stream", async () => {
    const rows = await make("leastSquares");
    const data = { features, labels: labelRows("leastSquares") };
    expect(() => train(rows, data, { classWeights: "balanced" })).toThrow(/classWeights with a loss of classes/);
    const model = await make("softmaxCrossEntropy");
    expect(() => train(model, { features, labels }, { classWeights: [1, 2] })).toThrow(/"balanced" or 3 numbers/);
    expect(() => train(model, [{ features, labels }], { batchSize: 7, classWeights: "balanced" })).toThrow(/stream/);
    rows.dispose();
    model.dispose();
  });
});

it("several labels: predictions and report, without classes", async () => {
  const model = await make("logistic");
  const labels = labelRows("logistic");
  const { classes, labels: told, probabilities, scores } = model.predict(features);
  expect(classes).toBeUndefined();
  expect(Array.from(told ?? [])).toEqual(Array.from(scores, (s) => Number(s >= 0)));
  probabilities?.forEach((p, k) => {
    expect(p).toBeCloseTo(1 / (1 + Math.exp(-(scores[k] ?? 0))), 12);
  });
  expect(model.evaluate({ features, labels })).not.toHaveProperty("accuracy");
  const wrong = labels.flat().filter((c, k) => c !== told?.[k]).length;
  expect(model.report({ features, labels })).toMatchObject({ hamming: wrong / (N * OUTPUTS) });
  model.dispose();
});

describe("names of classes", () => {
  const named = network({ input: 2, layers: [linear(3)], classes: ["a", "b", "c"] });

  it("in another order are mapped, for indices and rows; others are refused", async () => {
    const model = await createModel(named, { precision: "f64" });
    const labels = [0, 1, 2, 0, 1, 2, 0];
    const place = [2, 0, 1]; // of b, c, a … as the data count them
    const classes = ["c", "a", "b"];
    const expected = model.gradient({ features, labels: labels.map((c) => place[c] ?? 0) });
    expect(model.gradient({ features, labels, classes })).toEqual(expected);
    const rows = labels.map((c) => [0, 1, 2].map((k) => Number(k === c)));
    expect(model.gradient({ features, labels: rows, classes })).toEqual(expected);
    expect(model.evaluate({ features, labels, classes }).accuracy).toBe(
      model.evaluate({ features, labels: labels.map((c) => place[c] ?? 0) }).accuracy,
    );
    expect(() => model.evaluate({ features, labels, classes: ["a", "b", "x"] })).toThrow(
      /evaluate: expected data\.classes among the model's \(a, b, c\), got "x"/,
    );
    model.dispose();
  });

  it("of one score, too", async () => {
    const two = network({ input: 2, layers: [linear(1)], classes: ["no", "yes"] });
    const model = await createModel(two, { precision: "f64", loss: logistic });
    const labels = [0, 1, 1, 0, 1, 0, 0];
    const expected = model.gradient({ features, labels: labels.map((c) => 1 - c) });
    expect(model.gradient({ features, labels, classes: ["yes", "no"] })).toEqual(expected);
    model.dispose();
  });
});

describe("what means nothing is refused", () => {
  it.each([
    ["a weight too few", { weights: [1, 2] }, /data\.weights as one number an example, 7 in all, got 2/],
    ["a negative weight", { weights: [1, 1, -1, 1, 1, 1, 1] }, /at least 0, got -1 in example 2/],
    ["NaN", { weights: [1, 1, Number.NaN, 1, 1, 1, 1] }, /at least 0, got NaN in example 2/],
    ["only zeros", { weights: Array(N).fill(0) }, /a weight above 0/],
    ["a mask of another length", { mask: [1, 0] }, /as long as the target rows, 21 numbers, got 2/],
    ["a mask of shares", { mask: Array(21).fill(0.5) }, /0 or 1 in data\.mask, got 0\.5/],
  ])("%s", async (_, more, sentence) => {
    const model = await make("leastSquares");
    const data = { features, labels: labelRows("leastSquares"), ...more };
    expect(() => model.value(data)).toThrow(sentence);
    expect(() => train(model, data)).toThrow(sentence);
    model.dispose();
  });

  it("a mask with softmax", async () => {
    const model = await createModel(described, { loss: softmaxCrossEntropy });
    const data = { features, labels: [0, 1, 2, 0, 1, 2, 0], mask: Array(21).fill(1) };
    expect(() => model.value(data)).toThrow(/no mask with softmaxCrossEntropy/);
    model.dispose();
  });
});

it("folds keep each example's weight, and batchNorm trains with weights", async () => {
  const labels = labelRows("leastSquares");
  const data = { features: features.flat(), labels: labels.flat(), shape: 2, weights: [0, 1, 2, 3, 4, 5, 6] };
  for (const { training } of kFold(data, 3, { seed: 1 })) expect(training).toHaveProperty("weights");
  const model = await createModel(network({ input: 2, layers: [dense(4), batchNorm(), linear(3)] }), {
    loss: leastSquares(),
  });
  for (const { value } of train(model, data, { batchSize: 4 })) expect(Number.isFinite(value)).toBe(true);
  model.dispose();
});
