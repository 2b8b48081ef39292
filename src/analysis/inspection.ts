/**
 * Recordings along a trajectory: the network is recorded up to one ode layer, whose steps are then walked once more with
 * whatever is to be known of each: its Jacobian, its propagator, its energy. One plan run gives all times.
 */
import { OdenetError } from "../core/errors.ts";
import type { Numbers } from "../core/host/memory.ts";
import type { Recorder } from "../core/recording/recorder.ts";
import { pushTangents, type Tangents } from "../core/recording/tangent.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import type { OdeSteps } from "../layers/parameters.ts";
import { show } from "../layers/shape.ts";
import { type Features, featureRows, type Rows, rowsOf } from "../model/examples.ts";
import { engineOf, type Model } from "../model/model.ts";
import { recipe } from "../model/recipe.ts";
import { accumulation, forward, keep } from "../model/recordings.ts";
import { toFeatures, toImage } from "../operations/images.ts";
import { product } from "../operations/product.ts";

export interface LayerChoice {
  /** The index of the ode layer, as in `states()`; default the first. */
  layer?: string;
}

/** What an inspection records: results as stacks over time, single tensors, and inputs with their fixed numbers. */
export interface Recorded {
  readonly stacks: readonly (readonly Tensor[])[];
  readonly inputs?: readonly (readonly [Tensor, number[]])[];
}

export interface Inspected {
  readonly steps: OdeSteps;
  /** By result and time, the numbers of one matrix. */
  readonly results: Numbers[][];
}

export interface Inspection extends LayerChoice {
  readonly where: string;
  /** One function an inspection: its plan is known by it. */
  readonly build: (record: Recorder, steps: OdeSteps) => Recorded;
}

/** Checked features as rows. */
export function inspectedRows(model: Model, features: Features, where: string): Rows {
  return featureRows(features, engineOf(model, where).network.input, where);
}

const inspected = recipe(
  (engine, rows, where: string, layer: string | undefined, build: Inspection["build"]) => {
    const seen: OdeSteps[] = [];
    const { record, features } = forward(engine, rows, { plain: true, inspect: (steps) => seen.push(steps) });
    const steps = layer === undefined ? seen[0] : seen.find((s) => s.name === layer);
    if (!steps) throw noLayer(where, layer, seen);
    const { stacks, inputs = [] } = build(record, steps);
    const kept = stacks.map((parts) => parts.map((part) => keep(record, part)));
    return { record, handles: { features, steps, stacks: kept, inputs } };
  },
  { alone: true },
);

/** Runs an inspection for examples [first, first + count). Throws `name` where the network has no such ode layer. */
export function inspect(model: Model, rows: Rows, first: number, count: number, inspection: Inspection): Inspected {
  const { where, layer } = inspection;
  const engine = engineOf(model);
  const plan = engine.plans.of(inspected, count, where, layer, inspection.build);
  const { features, inputs } = plan.handles;
  plan.fill(features, rows, first, count);
  for (const [tensor, values] of inputs) {
    plan.fillWhole(tensor, rowsOf(values, tensor.columns, where, "constants"));
  }
  engine.run(plan);
  // Where a layer chooses its steps, the run has just recorded others.
  const { steps, stacks } = plan.handles;
  const results = stacks.map((parts) => parts.flatMap((part) => plan.readWhole(part)));
  return { steps, results };
}

/** Refuses several runs whose steps were chosen apart. */
export function checkSameTimes(times: readonly number[], others: readonly number[], where: string): void {
  if (times.length === others.length && times.every((t, j) => t === others[j])) return;
  throw new OdenetError(
    "option",
    `${where}: expected one set of steps for all examples, got steps that were chosen apart. Pass fewer examples, or give the layer its steps as { times }.`,
  );
}

function noLayer(where: string, layer: string | undefined, seen: readonly OdeSteps[]): OdenetError {
  if (seen.length === 0) return noOdeLayer(where);
  const names = seen.map((s) => s.name).join(", ");
  return new OdenetError("name", `${where}: expected layer to be one of ${names}, got ${show(layer)}.`);
}

/** What a network without time steps is told. */
export function noOdeLayer(where: string): OdenetError {
  return new OdenetError(
    "option",
    `${where}: expected a network with an ode layer, got one without. Put ode(layerField(), euler, { steps: 16 }) or residual(16) into it.`,
  );
}

/** Rows of ones and of unit directions as inputs of a recording, to be made before its loops. */
export class Directions {
  readonly inputs: [Tensor, number[]][] = [];
  private readonly made = new Map<string, Tensor>();

  constructor(private readonly record: Recorder) {}

  /** Ones, n × 1. */
  ones(n: number): Tensor {
    return this.input(`ones ${n}`, n, 1, new Array<number>(n).fill(1));
  }

  /** Columns [from, from + count) of the n × n identity. */
  unit(n: number, from = 0, count = n): Tensor {
    const values = Array.from({ length: n * count }, (_, k) => (Math.floor(k / count) === from + (k % count) ? 1 : 0));
    return this.input(`unit ${n} ${from} ${count}`, n, count, values);
  }

  private input(name: string, rows: number, columns: number, values: number[]): Tensor {
    const tensor = this.made.get(name) ?? this.record.input(name, rows, columns);
    if (!this.made.has(name)) this.inputs.push([tensor, values]);
    this.made.set(name, tensor);
    return tensor;
  }
}

/** All features of an example in one row, from a state with `positions` rows an example. */
export function flat(record: Recorder, state: Tensor, positions: number): Tensor {
  return positions === 1 ? state : toFeatures(record, state, positions);
}

/** The state of such a row. */
export function unflat(record: Recorder, row: Tensor, positions: number): Tensor {
  return positions === 1 ? row : toImage(record, row, row.columns / positions);
}

/**
 * The derivative of `map` at one example's state for every direction at once: its features are repeated and row i gets the
 * tangent directions[i]. Returns the tangents of the results' features; `directions` has one tensor for each of `at`.
 */
export function derivative(
  record: Recorder,
  at: readonly Tensor[],
  directions: readonly Tensor[],
  ones: Tensor,
  positions: number,
  map: (repeated: Tensor[]) => readonly Tensor[],
): Tensor[] {
  const repeated = at.map((state) => product(record, ones, flat(record, state, positions)));
  const states = repeated.map((rows) => unflat(record, rows, positions));
  const results = map(states).map((t) => flat(record, t, positions));
  const tangents: Tangents = new Map(repeated.map((t, k) => [t, directions[k] as Tensor]));
  pushTangents(record, record.current, tangents, accumulation);
  return results.map((t) => tangents.get(t) ?? accumulation.zero(record, t));
}
