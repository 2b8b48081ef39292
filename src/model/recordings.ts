/** What a model records: one function a plan. All of them start from the network's forward recording. */
import { known } from "../core/known.ts";
import { nth } from "../core/nth.ts";
import { type Accumulation, Cotangents } from "../core/recording/cotangents.ts";
import { backward } from "../core/recording/derive.ts";
import { dependents } from "../core/recording/graph.ts";
import type { Recorder, SliceSource } from "../core/recording/recorder.ts";
import { endSection, keepSections } from "../core/recording/sections.ts";
import { pushTangents, pushTangentsApart } from "../core/recording/tangent.ts";
import type { Node, Tensor } from "../core/recording/tensor.ts";
import type { LayerContext } from "../layers/parameters.ts";
import { keepSlopes } from "../operations/activation.ts";
import { add } from "../operations/combine.ts";
import { copy, zero } from "../operations/fill.ts";
import { lossHessian, lossOf } from "../operations/loss.ts";
import type { Classifier } from "./classifier.ts";
import type { Engine } from "./engine.ts";
import type { LayerHooks } from "./layerRecorder.ts";

export const accumulation: Accumulation = { add, zero };

interface Forward {
  readonly record: Recorder;
  readonly context: LayerContext;
  readonly features: Tensor;
  readonly scores: Tensor;
}

/** What the objective and its derivatives ask of the layers. */
export const OBJECTIVE: LayerHooks = { statistics: "batch" };

/** S(Y, θ); with a classifier, S of the features that it sees. */
export function forward(engine: Engine, rows: number, hooks?: LayerHooks, classifier?: Classifier): Forward {
  const { record, context } = engine.recorder.begin(hooks);
  if (classifier) {
    const seen = record.input("features", rows, classifier.width);
    return { record, context, features: seen, scores: classifier.record(record, context, seen) };
  }
  const features = record.input("features", rows, engine.features);
  return { record, context, features, scores: engine.layers.record(context, features) };
}

/** A result that the host reads: a tensor of its own, even where it is an input passed through. */
export function keep(record: Recorder, tensor: Tensor): Tensor {
  const own = tensor.external || tensor.home !== undefined;
  return record.keep(own ? nth(record.call(copy, [tensor], [tensor]), 0) : tensor);
}

export function recordScores(engine: Engine, rows: number) {
  const { record, features, scores } = forward(engine, rows);
  return { record, handles: { features, scores: keep(record, scores) } };
}

/** Scores with the loss's probabilities. */
export function recordPrediction(engine: Engine, rows: number) {
  const { record, features, scores } = forward(engine, rows);
  const probabilities = engine.lossKind.probabilities?.(record, scores);
  return {
    record,
    handles: { features, scores: keep(record, scores), probabilities: probabilities && keep(record, probabilities) },
  };
}

/** The trajectory of every ode layer. */
export function recordStates(engine: Engine, rows: number) {
  const trajectories: { name: string; times: readonly number[]; parts: readonly Tensor[] }[] = [];
  const { record, features } = forward(engine, rows, {
    trajectory(name, stacks, final, times) {
      trajectories.push({ name, times, parts: [...stacks, final] });
    },
  });
  for (const { parts } of trajectories) for (const t of parts) record.keep(t);
  return { record, handles: { features, trajectories } };
}

/** For every reversible ode layer its features at t = 0, given and computed back from its end. */
export function recordReversal(engine: Engine, rows: number) {
  const pairs: { given: Tensor; recovered: Tensor }[] = [];
  const { record, features } = forward(engine, rows, {
    reversal: (given, recovered) => pairs.push({ given, recovered }),
  });
  const kept = pairs.map(({ given, recovered }) => ({
    given: keep(record, given),
    recovered: keep(record, recovered),
  }));
  return { record, handles: { features, pairs: kept } };
}

/** The loss's targets and weight; `counted`: with how often each number counts. */
function targetsOf(engine: Engine, record: Recorder, rows: number, counted: boolean | undefined) {
  const targets = record.input("targets", rows, engine.outputs);
  const weight = engine.recorder.scalar(record, "weight", engine.weight);
  return { targets, weight, importances: counted ? record.input("importances", rows, engine.outputs) : undefined };
}

/** What a recording of the loss is told besides the number of rows. */
export interface LossOptions {
  readonly hooks?: LayerHooks | undefined;
  readonly classifier?: Classifier | undefined;
  readonly counted?: boolean | undefined;
}

export function withLoss(engine: Engine, rows: number, { hooks, classifier, counted }: LossOptions = {}) {
  const parts = forward(engine, rows, { ...OBJECTIVE, ...hooks }, classifier);
  const { record, scores } = parts;
  const compared = targetsOf(engine, record, rows, counted);
  return { ...parts, ...compared, ...lossOf(record, engine.lossCall, { scores, ...compared }) };
}

/** The objective at `points` different θ, one after another in one run: `stacks` take the parameters of all points. */
export function recordSurface(engine: Engine, rows: number, points: number, counted?: boolean) {
  let at: (source: SliceSource) => Tensor;
  const parameter = (name: string): Tensor => {
    const source = known(stacks.get(name));
    const { count } = engine.vectors.table.find(name);
    return at({ source, step: count, count });
  };
  const { record, context } = engine.recorder.begin({ ...OBJECTIVE, plain: true, parameter });
  const features = record.input("features", rows, engine.features);
  const compared = targetsOf(engine, record, rows, counted);
  const stacks = new Map(
    engine.vectors.table.parameters.map((p) => [p.name, record.input(p.name, p.rows, p.columns, p.count * points)]),
  );
  let value: Tensor | undefined;
  const loop = record.loop(points, [], (_, slice) => {
    at = slice;
    const scores = engine.layers.record(context, features);
    value = lossOf(record, engine.lossCall, { scores, ...compared }).value;
    return [];
  });
  const values = record.keep(record.save(loop, known(value)));
  return { record, handles: { features, ...compared, stacks, values } };
}

/** The features that the classifier sees. */
export function recordFeatures(engine: Engine, rows: number, { head }: Classifier) {
  const { record, context } = engine.recorder.begin(OBJECTIVE);
  const features = record.input("features", rows, engine.features);
  return { record, handles: { features, seen: keep(record, head.record(context, features)) } };
}

export function recordValue(engine: Engine, rows: number, options: LossOptions) {
  return recordLoss(engine, rows, options);
}

/** The loss of the scores, as users ask for them. */
export function recordEvaluation(engine: Engine, rows: number, counted?: boolean) {
  return recordLoss(engine, rows, { hooks: { statistics: "running" }, counted });
}

function recordLoss(engine: Engine, rows: number, options: LossOptions) {
  const { record, features, targets, importances, scores, value } = withLoss(engine, rows, options);
  return {
    record,
    handles: { features, targets, importances, scores: keep(record, scores), value: record.keep(value) },
  };
}

/** Every parameter's tensor, whether the recording reads it or not. */
function parameterTensors(engine: Engine, context: LayerContext): { name: string; tensor: Tensor }[] {
  return engine.vectors.table.parameters.map(({ name }) => ({ name, tensor: context.parameter(name) }));
}

/** The same of some parameters only. */
function parametersOf(engine: Engine, context: LayerContext, names?: readonly string[]) {
  const all = parameterTensors(engine, context);
  return names ? all.filter(({ name }) => names.includes(name)) : all;
}

/** Walks back from `seed`, the cotangent of `of`, to the tensors `to`. */
export function pullBack(
  record: Recorder,
  of: Tensor,
  seed: Tensor,
  to: readonly Tensor[],
  nodes: Node[] = record.root.nodes,
): Cotangents {
  const active = dependents(nodes, to);
  const cotangents = new Cotangents(record, active, accumulation);
  if (active.has(of)) cotangents.set(of, seed);
  backward(record, { ...record.root, nodes }, cotangents, active, accumulation);
  return cotangents;
}

/** Sends each parameter's tensor of `from` to its place in a θ-long vector; zero where there is none. */
function place(
  engine: Engine,
  record: Recorder,
  parameters: readonly { name: string; tensor: Tensor }[],
  from: (tensor: Tensor) => Tensor | undefined,
  vector: number,
): void {
  for (const { name, tensor } of parameters) {
    const target = engine.recorder.parameter(record, name, vector);
    let result = from(tensor) ?? zero(record, tensor);
    const taken = result.home !== undefined || result.external || record.homes.has(result) || record.kept.has(result);
    if (taken) result = nth(record.call(copy, [result], [result]), 0);
    record.homes.set(result, known(target.home));
  }
}

/** Objective and gradient; with a classifier, that of its parameters. */
export function recordGradient(engine: Engine, rows: number, options: LossOptions = {}) {
  const { record, context, features, targets, importances, value } = withLoss(engine, rows, options);
  const parameters = parametersOf(engine, context, options.classifier?.names);
  const cotangents = pullBack(
    record,
    value,
    value,
    parameters.map((p) => p.tensor),
  );
  place(engine, record, parameters, (t) => cotangents.get(t), engine.vectors.gradient);
  return { record, handles: { features, targets, importances, value: record.keep(value) } };
}

/** total += gradient, for batches of several chunks. */
export function recordAccumulate(engine: Engine, total: number) {
  const { record } = engine.recorder.begin();
  const sum = engine.recorder.vector(record, "total", total);
  const gradient = engine.recorder.vector(record, "gradient", engine.vectors.gradient);
  const result = add(record, sum, gradient);
  record.homes.set(result, total);
  return { record, handles: {} };
}

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
