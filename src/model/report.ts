/** How good a model is on data, in the numbers of its task. */
import type { Numbers } from "../core/host/memory.ts";
import { type ClassificationReport, classificationReport } from "../metrics/classification.ts";
import { type LabelsReport, labelsReport } from "../metrics/labels.ts";
import { type RegressionReport, regressionReport } from "../metrics/regression.ts";
import type { Engine } from "./engine.ts";
import type { Data, Rows } from "./examples.ts";
import { evaluationOf, inUnits, predictionOf } from "./predictions.ts";
import { selectAll } from "./selection.ts";

/** The loss over all examples, and the numbers of the task: of classes (`confusion` …), of several labels (`hamming` …), or of numbers (`rmse` …). */
export type Report = { readonly loss: number } & (ClassificationReport | LabelsReport | RegressionReport);

export function reportOf(engine: Engine, data: Data): Report {
  const { targets, count } = selectAll(engine, data, "report");
  const { loss } = evaluationOf(engine, data);
  const { scores, classes, probabilities } = predictionOf(engine, data.features);
  const { outputs } = engine;
  const numbers = () => numbersOf(targets.rows, count, outputs, scores);
  if (!probabilities) {
    const truth = numbers();
    const own = (values: Numbers) => inUnits(engine, values) ?? values;
    return { loss, ...regressionReport(own(truth), own(scores), outputs, targets.mask) };
  }
  if (!classes) return { loss, ...labelsReport(numbers(), probabilities, outputs, targets.mask) };
  const truth = Int32Array.from({ length: count }, (_, i) => targets.classOf(i));
  const of = outputs === 1 ? bothClasses(probabilities) : probabilities;
  return { loss, ...classificationReport(truth, classes, of, Math.max(2, outputs)) };
}

/** Rows of targets one after another. */
function numbersOf(rows: Rows, count: number, width: number, like: Numbers): Numbers {
  const values = like.slice();
  rows.write(values, 0, width, 0, count);
  return values;
}

/** P(class 0) beside P(class 1). */
function bothClasses(probabilities: Numbers): Float64Array {
  const both = new Float64Array(2 * probabilities.length);
  probabilities.forEach((p, i) => {
    both[2 * i] = 1 - p;
    both[2 * i + 1] = p;
  });
  return both;
}
