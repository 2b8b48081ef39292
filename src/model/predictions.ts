/** What a network says of features: scores, probabilities and classes, and how good they are. */
import type { Numbers } from "../core/host/memory.ts";
import { inChunks, isCounted } from "./chunks.ts";
import type { Engine } from "./engine.ts";
import { argmax, type Data, type Features } from "./examples.ts";
import { lossValue, regularizersAt } from "./objective.ts";
import { recipe } from "./recipe.ts";
import { recordEvaluation, recordPrediction, recordScores } from "./recordings.ts";
import { selectAll, selectFeatures } from "./selection.ts";

export interface Prediction {
  /** Class of each example; absent without a classification loss. */
  readonly classes?: Int32Array;
  /** With several scores of the logistic loss: n · k labels, 1 from probability ½ on. */
  readonly labels?: Uint8Array;
  /** n × classes, example by example; for the logistic loss P(label), n × labels. */
  readonly probabilities?: Numbers;
  readonly scores: Numbers;
  /** Of a regression whose model has an encoder: the target of each example in its own units. */
  readonly values?: Float64Array;
}

export interface Evaluation {
  /** The loss over all examples. */
  readonly loss: number;
  /** Loss + regularizers, where the model has some. */
  readonly objective?: number;
  /** Share of examples whose class is right; absent where scores are no classes. */
  readonly accuracy?: number;
}

/** The plan that computes scores. */
export const scoresRecipe = recipe((engine, rows) => recordScores(engine, rows));

/** n × outputs, example by example. */
export function scoresOf(engine: Engine, features: Features): Numbers {
  const batch = selectFeatures(engine, features, "scores");
  const scores = engine.vectors.empty(batch.count * engine.outputs);
  inChunks(engine, scoresRecipe, batch, true, (plan, first) => {
    plan.read(plan.handles.scores, scores, first * engine.outputs);
  });
  return scores;
}

const prediction = recipe((engine, rows) => recordPrediction(engine, rows));

export function predictionOf(engine: Engine, features: Features): Prediction {
  const { outputs, vectors } = engine;
  const batch = selectFeatures(engine, features, "predict");
  const scores = vectors.empty(batch.count * outputs);
  const probabilities = vectors.empty(batch.count * outputs);
  inChunks(engine, prediction, batch, true, (plan, first) => {
    plan.read(plan.handles.scores, scores, first * outputs);
    if (plan.handles.probabilities) plan.read(plan.handles.probabilities, probabilities, first * outputs);
  });
  if (!engine.lossKind.probabilities) return { scores, ...valuesOf(engine, scores) };
  if (severalLabels(engine)) return { labels: Uint8Array.from(scores, (s) => (s >= 0 ? 1 : 0)), probabilities, scores };
  const classes = Int32Array.from({ length: batch.count }, (_, i) => classAt(engine, scores, i));
  return { classes, probabilities, scores };
}

/** value = centre + scale · score, in double precision. */
export function inUnits(engine: Engine, scores: ArrayLike<number>): Float64Array | undefined {
  const target = engine.encoder?.target;
  if (target?.task !== "regression") return undefined;
  return Float64Array.from(scores, (score) => target.centre + target.scale * score);
}

function valuesOf(engine: Engine, scores: Numbers): { values?: Float64Array } {
  const values = inUnits(engine, scores);
  return values ? { values } : {};
}

const evaluation = recipe((engine, rows, counted: boolean, _classifier: undefined) =>
  recordEvaluation(engine, rows, counted),
);

/** Whether each score is a label of its own. */
export const severalLabels = ({ lossKind, outputs }: Engine): boolean => lossKind.labels === "binary" && outputs > 1;

/** Loss and accuracy over all examples. */
export function evaluationOf(engine: Engine, data: Data): Evaluation {
  const selected = selectAll(engine, data, "evaluate");
  const { targets, count: n } = selected;
  let loss = 0;
  let right = 0;
  const scores = engine.vectors.empty(engine.rowsAtOnce(n, true) * engine.outputs);
  // Without statistics of the batch, it is the objective's own plan.
  const own = engine.layers.joins === undefined ? lossValue : evaluation;
  inChunks(
    engine,
    own,
    selected,
    true,
    (plan, first, count) => {
      loss += plan.readScalar(plan.handles.value);
      plan.read(plan.handles.scores, scores, 0);
      for (let i = 0; i < count; i++) if (classAt(engine, scores, i) === targets.classOf(first + i)) right++;
    },
    isCounted(selected),
    undefined,
  );
  const objective = engine.terms.length > 0 ? { objective: loss + regularizersAt(engine) } : {};
  return engine.lossKind.probabilities && !severalLabels(engine)
    ? { loss, ...objective, accuracy: right / n }
    : { loss, ...objective };
}

function classAt(engine: Engine, scores: Numbers, i: number): number {
  const { outputs } = engine;
  const score = (k: number) => scores[i * outputs + k] ?? Number.NaN;
  if (engine.lossKind.labels === "binary") return score(0) > 0 ? 1 : 0;
  return argmax(score, outputs);
}
