import type { Recorder } from "../core/recording/recorder.ts";
import { endSection, keepSections } from "../core/recording/sections.ts";
import { pushTangents, pushTangentsApart } from "../core/recording/tangent.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import type { LayerContext } from "../layers/parameters.ts";
import { keepSlopes } from "../operations/activation.ts";
import { zero } from "../operations/fill.ts";
import { lossHessian, lossOf } from "../operations/loss.ts";
import type { Classifier } from "./classifier.ts";
import type { Engine } from "./engine.ts";
import {
  accumulation,
  forward,
  keep,
  type LossOptions,
  OBJECTIVE,
  parametersOf,
  parameterTensors,
  place,
  pullBack,
  targetsOf,
  withLoss,
} from "./recordings.ts";

/** d objective / d features. */
export function recordInputGradient(engine: Engine, rows: number, counted?: boolean) {
  const { record, features, targets, importances, value } = withLoss(engine, rows, { counted });
  const cotangents = pullBack(record, value, value, [features]);
  const gradient = keep(record, cotangents.get(features) ?? zero(record, features));
  return { record, handles: { features, targets, importances, gradient, value: record.keep(value) } };
}

/** Tangents of all parameters along the vector `direction`. */
function directions(engine: Engine, record: Recorder, context: LayerContext): Map<Tensor, Tensor> {
  const direction = engine.vectors.direction;
  return new Map(
    parameterTensors(engine, context).map(({ name, tensor }) => [
      tensor,
      engine.recorder.parameter(record, name, direction, "d "),
    ]),
  );
}

/** d scores / d θ · v: the sensitivity equation. */
export function recordJacobianVector(engine: Engine, rows: number) {
  const { record, context, features, scores } = forward(engine, rows);
  const tangents = directions(engine, record, context);
  pushTangents(record, record.root, tangents, accumulation);
  const product = keep(record, tangents.get(scores) ?? zero(record, scores));
  return { record, handles: { features, product } };
}

/** (d scores / d θ)ᵀ u: back-propagation. The result goes to the gradient. */
export function recordVectorJacobian(engine: Engine, rows: number) {
  const { record, context, features, scores } = forward(engine, rows);
  const u = record.input("u", rows, engine.outputs);
  const parameters = parameterTensors(engine, context);
  const cotangents = pullBack(
    record,
    scores,
    u,
    parameters.map((p) => p.tensor),
  );
  place(engine, record, parameters, (t) => cotangents.get(t), engine.vectors.gradient);
  return { record, handles: { features, targets: u } };
}

/** Jᵀ (d² loss / dS²) J v. The result goes to the gradient. With `names`, J is that of these parameters alone. */
export function recordGaussNewton(
  engine: Engine,
  rows: number,
  names?: readonly string[],
  { classifier, counted }: LossOptions = {},
) {
  const { record, context, features, scores } = forward(engine, rows, OBJECTIVE, classifier);
  const weight = engine.recorder.scalar(record, "weight", engine.weight);
  const targets = engine.lossKind.fromTargets ? record.input("targets", rows, engine.outputs) : undefined;
  const importances = counted ? record.input("importances", rows, engine.outputs) : undefined;
  const parameters = parametersOf(engine, context, names);
  const tangents = directions(engine, record, context);
  const active = new Set(parameters.map(({ tensor }) => tensor));
  for (const tensor of [...tangents.keys()]) if (!active.has(tensor)) tangents.delete(tensor);
  pushTangents(record, record.root, tangents, accumulation);
  const ds = tangents.get(scores) ?? zero(record, scores);
  const curved = lossHessian(record, engine.lossCall, ds, { scores, targets, weight, importances });
  const cotangents = pullBack(
    record,
    scores,
    curved,
    parameters.map((p) => p.tensor),
  );
  place(engine, record, parameters, (t) => cotangents.get(t), engine.vectors.gradient);
  return { record, handles: { features, targets, importances } };
}

/**
 * The objective linearised in sections, where loss and derivatives at one θ take up features and slopes that are computed once:
 * the head, all before the classifier; the classifier and the loss; the gradient, whole and of the classifier alone; and for
 * each of the `blocks` of parameters Jᵀ L'' J v. Results go to the gradient; what is of no interest is zero.
 */
export function recordLinearization(
  engine: Engine,
  rows: number,
  classifier: Classifier | undefined,
  blocks: readonly (readonly string[] | undefined)[],
  counted?: boolean,
) {
  const { record, context } = engine.recorder.begin(OBJECTIVE);
  const features = record.input("features", rows, engine.features);
  const { targets, weight, importances } = targetsOf(engine, record, rows, counted);
  const seen = (classifier?.head ?? engine.layers).record(context, features);
  endSection(record);
  const scores = classifier ? classifier.record(record, context, seen) : seen;
  keepSlopes(record);
  const nodes = [...record.root.nodes];
  const { value, gradient } = lossOf(record, engine.lossCall, { scores, targets, weight, importances });
  const probabilities = engine.lossKind.probabilities?.(record, scores);
  const section = (names: readonly string[] | undefined, seed: (active: ReadonlySet<Tensor>) => Tensor) => {
    endSection(record);
    const parameters = parametersOf(engine, context, names);
    const to = parameters.map(({ tensor }) => tensor);
    const cotangents = pullBack(record, scores, seed(new Set(to)), to, nodes);
    place(engine, record, parameters, (t) => cotangents.get(t), engine.vectors.gradient);
  };
  for (const names of [undefined, classifier?.names]) section(names, () => gradient);
  for (const names of blocks) {
    section(names, (active) => {
      const tangents = directions(engine, record, context);
      for (const tensor of [...tangents.keys()]) if (!active.has(tensor)) tangents.delete(tensor);
      pushTangentsApart(record, nodes, tangents, accumulation);
      const ds = tangents.get(scores) ?? zero(record, scores);
      const known = probabilities !== undefined;
      const compared = { scores: probabilities ?? scores, targets, weight, importances };
      return lossHessian(record, engine.lossCall, ds, compared, known);
    });
  }
  keepSections(record);
  return { record, handles: { features, targets, importances, seen, value: record.keep(value) } };
}

/** The exact Hessian times v: the tangent of the gradient's recording. The result goes to the gradient. */
export function recordHessianVector(engine: Engine, rows: number, counted?: boolean) {
  const { record, context, features, targets, importances, value } = withLoss(engine, rows, { counted });
  const parameters = parameterTensors(engine, context);
  const cotangents = pullBack(
    record,
    value,
    value,
    parameters.map((p) => p.tensor),
  );
  const tangents = directions(engine, record, context);
  pushTangents(record, record.root, tangents, accumulation);
  const product = (t: Tensor) => {
    const gradient = cotangents.get(t);
    return gradient && tangents.get(gradient);
  };
  place(engine, record, parameters, product, engine.vectors.gradient);
  return { record, handles: { features, targets, importances } };
}
