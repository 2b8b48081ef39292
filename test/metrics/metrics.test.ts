/** By hand, and against definitions written as plain loops. */
import { expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { areaUnderCurve, classificationReport } from "../../src/metrics/classification.ts";
import { labelsReport } from "../../src/metrics/labels.ts";
import { regressionReport } from "../../src/metrics/regression.ts";

it("three classes", () => {
  const truth = [0, 0, 0, 1, 1, 2];
  const predicted = [0, 0, 1, 1, 2, 2];
  const probabilities = truth.flatMap((c) => [0, 1, 2].map((k) => (k === c ? 0.5 : 0.25)));
  const report = classificationReport(truth, predicted, probabilities, 3);
  expect([...report.confusion]).toEqual([2, 1, 0, 0, 1, 1, 0, 0, 1]);
  expect(report.accuracy).toBeCloseTo(4 / 6, 15);
  expect(report.balancedAccuracy).toBeCloseTo((2 / 3 + 1 / 2 + 1) / 3, 15);
  expect([...report.precision]).toEqual([1, 0.5, 0.5]);
  expect([...report.recall]).toEqual([2 / 3, 0.5, 1]);
  expect(report.macroF1).toBeCloseTo((0.8 + 0.5 + 2 / 3) / 3, 15);
  expect(report.logLoss).toBeCloseTo(Math.log(2), 15);
  expect(report.auc).toBeUndefined();
});

it("the area under the curve counts pairs", () => {
  const random = new Random(1, 0);
  const truth = random.uniform(60).map((u) => Number(u < 0.4));
  const scores = random.uniform(60).map((u) => Math.round(10 * u));
  let [pairs, wins] = [0, 0];
  truth.forEach((a, i) => {
    truth.forEach((b, j) => {
      if (a !== 1 || b !== 0) return;
      pairs++;
      const [x, y] = [scores[i] ?? 0, scores[j] ?? 0];
      wins += x > y ? 1 : x === y ? 0.5 : 0;
    });
  });
  expect(areaUnderCurve(truth, (i) => scores[i] ?? 0)).toBeCloseTo(wins / pairs, 14);
  expect(areaUnderCurve([1, 1], () => 0)).toBeUndefined();
});

it("several labels", () => {
  const report = labelsReport([1, 0, 1, 1, 0, 0], [0.9, 0.6, 0.2, 0.5, 0.1, 0.4], 2, [1, 1, 1, 1, 1, 0]);
  expect([...report.precision]).toEqual([1, 0.5]);
  expect([...report.recall]).toEqual([0.5, 1]);
  expect(report.hamming).toBeCloseTo(2 / 5, 15);
});

it("numbers, of each output and over all, far from 0 too", () => {
  const targets = [1, 10, 2, 20, 3, 30].map((c) => c + 1e9);
  const predicted = targets.map((c, i) => c + ([1, 0, -1, 3, 0, -3][i] ?? 0));
  const { rmse, mae, r2, outputs } = regressionReport(targets, predicted, 2);
  expect(outputs[0]).toEqual({ rmse: Math.sqrt(2 / 3), mae: 2 / 3, r2: 0 });
  expect(outputs[1]?.r2).toBeCloseTo(1 - 18 / 200, 12);
  expect([rmse, mae]).toEqual([Math.sqrt(20 / 6), 8 / 6]);
  expect(r2).toBeCloseTo(1 - 20 / 202, 12);
  expect(regressionReport([1, 1], [1, 1], 1).r2).toBeNaN();
  expect(regressionReport([1, 99, 3], [1, 0, 3], 1, [1, 0, 1]).rmse).toBe(0);
});
