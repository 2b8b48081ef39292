import { describe, expect, it } from "vitest";
import { peaks } from "../../src/data/index.ts";
import { createModel, leastSquares, linear, logistic, network } from "../../src/index.ts";

describe("model.report", () => {
  it("of classes agrees with evaluate and predict", async () => {
    const data = peaks({ examples: 200, seed: 1 });
    const model = await createModel(network({ input: 2, layers: [linear(5)] }), { precision: "f64" });
    const report = model.report(data);
    const { loss, accuracy } = model.evaluate(data);
    expect(report).toMatchObject({ loss, accuracy });
    if (!("confusion" in report)) throw new Error("classes have a confusion matrix");
    expect(report.confusion.reduce((a, b) => a + b, 0)).toBe(200);
    expect(report.logLoss).toBeCloseTo(loss, 10);
    expect(report.auc).toBeUndefined();
  });

  it("of one logistic score has two classes and an area under the curve", async () => {
    const model = await createModel(network({ input: 1, layers: [linear(1)] }), { loss: logistic, precision: "f64" });
    model.set([1, 0]);
    const report = model.report({ features: [-2, -1, 1, 2], labels: [0, 1, 0, 1] });
    expect(report).toMatchObject({ accuracy: 0.5, auc: 0.75 });
    expect("confusion" in report && [...report.confusion]).toEqual([1, 1, 1, 1]);
  });

  it("of numbers has errors of each output", async () => {
    const model = await createModel(network({ input: 1, layers: [linear(2)] }), {
      loss: leastSquares(),
      precision: "f64",
    });
    model.set([1, 0, 0, 0]);
    const report = model.report({ features: [1, 2, 3], labels: [1, 1, 2, 1, 3, 4] });
    if (!("outputs" in report)) throw new Error("numbers have errors");
    expect(report.outputs[0]).toEqual({ rmse: 0, mae: 0, r2: 1 });
    expect(report.outputs[1]?.mae).toBe(2);
  });
});
