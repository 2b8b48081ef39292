/** What means nothing is refused: names that are not known, with the nearest that is, and objectives without a minimum. */
import { expect, it } from "vitest";
import { createModel, leastSquares, linear, network, softmaxCrossEntropy, train } from "../../src/index.ts";

const net = network({ input: 2, layers: [linear(2)] });
const data = { features: [0, 1, 2, 3], labels: [0, 1] };
const model = await createModel(net, { precision: "f64" });

it.each([
  [{ epoch: 3 }, "epochs"],
  [{ batch_size: 3 }, "batchSize"],
  [{ n_epochs: 3 }, "epochs"],
  [{ optimiser: 3 }, "optimizer"],
  [{ validaton: data }, "validation"],
  [{ scheduler: 3 }, "schedule"],
])("train(…, %j) is refused, naming %s", async (options, meant) => {
  const sentence = new RegExp(`train: expected options among .*Did you mean ${meant}\\?`);
  expect(() => [...train(model, data, options as object)]).toThrow(sentence);
  await expect(model.fit(data, options as object)).rejects.toThrow(sentence);
});

it.each([
  [{ precison: "f64" }, "precision"],
  [{ dtype: "f64" }, "precision"],
  [{ n_jobs: 2 }, "threads"],
  [{ criterion: leastSquares() }, "loss"],
])("createModel(…, %j) is refused, naming %s", async (options, meant) => {
  await expect(createModel(net, options as object)).rejects.toThrow(new RegExp(`Did you mean ${meant}\\?`));
});

it.each([
  [{ ...data, lables: [1] }, "labels"],
  [{ ...data, y: [1] }, "labels"],
  [{ ...data, sample_weight: [1] }, "weights"],
])("data of %j are refused, naming %s", (given, meant) => {
  expect(() => model.evaluate(given as typeof data)).toThrow(new RegExp(`evaluate: .*Did you mean ${meant}\\?`));
});

it.each([null, 5, "adam", [1]])("options that are no object: %j", (options) => {
  expect(() => [...train(model, data, options as never)]).toThrow(/train: expected options/);
});

it.each([
  [[0, 5, 1, 0], /a row that sums to 5 in example 0/],
  [[-1, 2, 1, 0], /got -1 in example 0/],
  [[0.2, 0.2, 1, 0], /sums to 0.4/],
])("rows %j are no shares of classes", (labels, sentence) => {
  expect(() => model.evaluate({ features: data.features, labels })).toThrow(sentence);
});

it("rows that sum to 1 but for rounding are divided by their sum", () => {
  const rows = [0.3004, 0.7001, 1, 0];
  const exact = [0.3004 / 1.0005, 0.7001 / 1.0005, 1, 0];
  const of = (labels: number[]) => model.evaluate({ features: data.features, labels }).loss;
  expect(of(rows)).toBeCloseTo(of(exact), 12);
});

it("softmax of one score has no other class", async () => {
  const one = network({ input: 2, layers: [linear(1)] });
  await expect(createModel(one, { loss: softmaxCrossEntropy })).rejects.toThrow(
    /at least 2 scores for softmaxCrossEntropy, got 1.*logistic\(\).*leastSquares\(\)/,
  );
});
