/** What a model records: one function a plan. All of them start from the network's forward recording. */
import { known } from "../core/known.ts";
import { nth } from "../core/nth.ts";
import { type Accumulation, Cotangents } from "../core/recording/cotangents.ts";
import { backward } from "../core/recording/derive.ts";
import { dependents } from "../core/recording/graph.ts";
import type { Recorder, SliceSource } from "../core/recording/recorder.ts";
import type { Node, Tensor } from "../core/recording/tensor.ts";
import type { LayerContext } from "../layers/parameters.ts";
import { add } from "../operations/combine.ts";
import { copy, zero } from "../operations/fill.ts";
import { lossOf } from "../operations/loss.ts";
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
export function targetsOf(engine: Engine, record: Recorder, rows: number, counted: boolean | undefined) {
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

/** The loss of the scores, kept with them. */
export function recordValue(engine: Engine, rows: number, options: LossOptions) {
  const { record, features, targets, importances, scores, value } = withLoss(engine, rows, options);
  return {
    record,
    handles: { features, targets, importances, scores: keep(record, scores), value: record.keep(value) },
  };
}

/** The same as users ask for it. */
export const recordEvaluation = (engine: Engine, rows: number, counted?: boolean) =>
  recordValue(engine, rows, { hooks: { statistics: "running" }, counted });

/** Every parameter's tensor, whether the recording reads it or not. */
export function parameterTensors(engine: Engine, context: LayerContext): { name: string; tensor: Tensor }[] {
  return engine.vectors.table.parameters.map(({ name }) => ({ name, tensor: context.parameter(name) }));
}

/** The same of some parameters only. */
export function parametersOf(engine: Engine, context: LayerContext, names?: readonly string[]) {
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
export function place(
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
