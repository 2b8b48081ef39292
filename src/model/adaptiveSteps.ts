/**
 * The steps of layers that choose their own (dopri5), for the batch in a plan's inputs. Layer by layer: its features at
 * t = 0 are computed, then the controller walks to T on a plan that evaluates f alone. The times are frozen into the plan,
 * which is compiled again where they differ from those it was made with, and derivatives are those of the frozen steps.
 */

import { OdenetError } from "../core/errors.ts";
import type { Numbers } from "../core/host/memory.ts";
import { known } from "../core/known.ts";
import { nth } from "../core/nth.ts";
import { paddedColumns, type Tensor } from "../core/recording/tensor.ts";
import { acceptedTimes } from "../integrators/stepControl.ts";
import type { StepSearch } from "../layers/parameters.ts";
import { nodePosition } from "../layers/weightsInTime.ts";
import type { Compiled } from "./compiled.ts";
import type { Engine } from "./engine.ts";
import type { Grids, Statistics } from "./layerRecorder.ts";
import { recipe } from "./recipe.ts";
import { keep } from "./recordings.ts";

/**
 * Makes the plan's steps those that its inputs need. Where no steps are short enough, throws `convergence`, or, for a caller
 * that looks for NaN itself (`tolerant`), lets the plan start from NaN.
 */
export function fitSteps(engine: Engine, compiled: Compiled<unknown>, tolerant: boolean): void {
  const saved = compiled.inputs.map((t) => compiled.numbersOf(t).slice());
  const grids = new Map<string, readonly number[]>();
  try {
    for (const name of compiled.grids.keys()) {
      grids.set(name, timesOf(engine, name, grids, compiled, nth(saved, 0)));
    }
    if (!equal(grids, compiled.grids)) engine.plans.adapt(compiled, grids);
  } catch (error) {
    if (!(tolerant && error instanceof OdenetError && error.code === "convergence")) throw error;
    saved[0]?.fill(Number.NaN);
  }
  compiled.inputs.forEach((t, k) => {
    compiled.numbersOf(t).set(nth(saved, k));
  });
}

function equal(a: Grids, b: Grids): boolean {
  return [...a].every(([name, times]) => {
    const other = b.get(name) ?? [];
    return times.length === other.length && times.every((t, j) => t === other[j]);
  });
}

/** The features at t = 0 of the layer `name`, given the steps of the layers before it. */
function recordEntry(engine: Engine, rows: number, name: string, grids: Grids, statistics: Statistics) {
  let found: StepSearch | undefined;
  const { record, context } = engine.recorder.begin({
    statistics,
    grid(search) {
      if (search.name === name) found = search;
      return grids.get(search.name) ?? [];
    },
  });
  const features = record.input("features", rows, engine.features);
  engine.layers.record(context, features);
  if (!found) throw new Error(`no layer ${name} looks for its steps`);
  return { record, handles: { features, search: found, y: keep(record, found.y) } };
}

/** f(y, θ): θ in place for constant weights, an input for weights that change. */
function recordVelocity(engine: Engine, rows: number, search: StepSearch, statistics: Statistics) {
  const { record, context } = engine.recorder.begin({ statistics });
  const { name, intervals, letters } = search;
  const y = record.input("y", rows, search.y.columns);
  const inputs: { parameter: string; tensor: Tensor }[] = [];
  const weights = letters.map((letter) => {
    const parameter = `${name}.${letter}`;
    const theta = context.parameter(parameter);
    if (intervals === undefined) return [letter, theta];
    const tensor = record.input(letter, theta.rows, theta.columns);
    inputs.push({ parameter, tensor });
    return [letter, tensor];
  });
  const f = record.keep(search.velocity(context, y, Object.fromEntries(weights)));
  return { record, handles: { y, inputs, f } };
}

const entryRecipe = recipe((engine, rows, name: string, grids: Grids, statistics: Statistics) =>
  recordEntry(engine, rows, name, grids, statistics),
);

const velocityRecipe = recipe((engine, rows, _name: string, statistics: Statistics, search: StepSearch) =>
  recordVelocity(engine, rows, search, statistics),
);

function timesOf(
  engine: Engine,
  name: string,
  grids: Grids,
  of: Compiled<unknown>,
  features: Numbers,
): readonly number[] {
  const { rows } = nth(of.inputs, 0);
  const { statistics } = of;
  const entry = engine.plans.of(entryRecipe, rows, name, new Map(grids), statistics);
  const { search, y } = entry.handles;
  const velocity = engine.plans.of(velocityRecipe, rows, name, statistics, search);
  engine.plans.keepAlive(of);
  entry.numbersOf(entry.handles.features).set(features);
  engine.run(entry);
  const { finalTime, intervals, method } = search;
  const width = y.columns;
  const stride = paddedColumns(width, engine.precision);
  const start = unpadded(entry.numbersOf(y), rows, width, stride);
  const { handles } = velocity;
  const at = (values: Float64Array, t: number): Float64Array => {
    const target = velocity.numbersOf(handles.y);
    for (let r = 0; r < rows; r++) target.set(values.subarray(r * width, (r + 1) * width), r * stride);
    for (const { parameter, tensor } of handles.inputs) {
      const place = nodePosition(t, finalTime, known(intervals));
      interpolate(engine, parameter, place, velocity.numbersOf(tensor));
    }
    engine.run(velocity);
    return unpadded(velocity.numbersOf(handles.f), rows, width, stride);
  };
  const stops = Array.from({ length: (intervals ?? 1) - 1 }, (_, k) => ((k + 1) * finalTime) / (intervals ?? 1));
  return acceptedTimes({ y: start, rows, finalTime, stops, velocity: at }, method, `layer ${name} (ode)`);
}

function unpadded(numbers: Numbers, rows: number, width: number, stride: number): Float64Array {
  const values = new Float64Array(rows * width);
  for (let r = 0; r < rows; r++) values.set(numbers.subarray(r * stride, r * stride + width), r * width);
  return values;
}

/** θ at a position between its nodes, in the core's order. */
function interpolate(engine: Engine, parameter: string, place: number, target: Numbers): void {
  const { offset } = engine.vectors.table.find(parameter);
  const theta = engine.vectors.core(engine.vectors.theta);
  const size = target.length;
  const left = Math.floor(place);
  const fraction = place - left;
  const from = offset + left * size;
  for (let i = 0; i < size; i++) {
    const value = theta[from + i] ?? Number.NaN;
    target[i] = fraction === 0 ? value : (1 - fraction) * value + fraction * (theta[from + size + i] ?? Number.NaN);
  }
}
