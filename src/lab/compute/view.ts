/** Everything that the page shows of a model, in one answer. */

import { nth } from "../../core/nth.ts";
import { type Evaluation, engineOf, type MemoryUse, type Model, type ParameterInfo } from "../../model/model.ts";
import type { State } from "../state.ts";
import { dataFor } from "../targets.ts";
import { productsOf } from "./cost.ts";
import { type Examples, type Parts, some } from "./examples.ts";
import { type FeatureView, featuresOf } from "./flow.ts";
import type { InsideView } from "./inside.ts";
import { type NetworkView, networkOf } from "./networkView.ts";

/** Decision regions on a grid of `size` × `size` points: at x[i], y[j], at i · size + j. */
export interface RegionView {
  readonly size: number;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly classes: Uint8Array;
  /** How sure the model is, 0 to 255. */
  readonly certainty: Uint8Array;
}

/** What takes longer to compute, and changes slowly. */
export interface DepthView {
  /** K over time: `entries` numbers at each of `times`; absent without time steps. */
  readonly weights?: { readonly times: readonly number[]; readonly values: Float64Array };
  /** Absent where layers are images. */
  readonly network?: NetworkView;
  readonly memory: MemoryUse;
  /** Threads that share its training. */
  readonly threads: number;
}

export interface View {
  readonly training: Evaluation;
  readonly validation: Evaluation;
  /** Of points in the plane. */
  readonly regions?: RegionView;
  /** Where there are no regions: `confusion[i][j]` validation examples of class i were taken for class j. */
  readonly confusion?: readonly (readonly number[])[];
  /** Absent without time steps. */
  readonly features?: FeatureView;
  readonly depth?: DepthView;
  /** Where it was asked for. */
  readonly inside?: InsideView;
  /** θ, where it was asked for. */
  readonly theta?: ArrayLike<number>;
  /** Milliseconds that the answer took. */
  readonly took: number;
}

/** Points along a side of the regions; fewer where a picture would stop training for too long. */
const MOST_SIZE = 72;
const LEAST_SIZE = 24;
/** Examples whose loss is shown at least. */
const LEAST_EXAMPLES = 200;
/** Products of one picture. */
const WORK = 5e8;
const SHOWN = 300;
const LEAST_SHOWN = 50;
const MOST_ENTRIES = 64;

/** What of it is wanted besides: the slow part, the slowest, θ. */
export interface Wanted {
  readonly depth?: boolean;
  /** The worker adds it, whose code is loaded for it. */
  readonly inside?: boolean;
  readonly theta?: boolean;
}

export function view(
  model: Model,
  { training, validation }: Parts,
  loss: State["loss"],
  { depth = false, theta = false }: Wanted = {},
): View {
  const start = performance.now();
  const affordable = WORK / productsOf(model);
  const regions = training.width === 2 ? regionsOf(model, training, Math.sqrt(affordable)) : undefined;
  const examples = Math.max(LEAST_EXAMPLES, Math.floor(affordable));
  const shown = some(training, Math.min(SHOWN, Math.max(LEAST_SHOWN, Math.floor(affordable / 4))));
  const features = featuresOf(model, shown);
  return {
    training: evaluate(model, some(training, examples), loss),
    validation: evaluate(model, some(validation, examples), loss),
    ...(regions ? { regions } : { confusion: confusionOf(model, some(validation, examples)) }),
    ...(features ? { features } : {}),
    ...(depth ? { depth: depthOf(model) } : {}),
    ...(theta ? { theta: model.get() } : {}),
    took: performance.now() - start,
  };
}

/** Accuracy is counted from the scores where the loss knows no classes. */
function evaluate(model: Model, examples: Examples, loss: State["loss"]): Evaluation {
  const found = model.evaluate(dataFor(examples, loss));
  if (found.accuracy !== undefined) return found;
  const { labels, features } = examples;
  const classes = classesOf(model, features);
  const right = labels.reduce((sum, label, i) => sum + (classes[i] === label ? 1 : 0), 0);
  return { ...found, accuracy: right / labels.length };
}

function classesOf(model: Model, features: Examples["features"]): ArrayLike<number> {
  const { classes, scores } = model.predict(features);
  if (classes) return classes;
  const outputs = model.network.classes?.length ?? 1;
  return Array.from({ length: scores.length / outputs }, (_, i) => argmax(scores, i * outputs, outputs));
}

function argmax(values: ArrayLike<number>, first: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (nth(values, first + k) > nth(values, first + best)) best = k;
  return best;
}

/** The square around all examples, a little larger. */
function boundsOf({ features, reach }: Examples, axis: 0 | 1): [number, number] {
  if (reach !== undefined) return [-reach, reach];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let k = axis; k < features.length; k += 2) {
    low = Math.min(low, nth(features, k));
    high = Math.max(high, nth(features, k));
  }
  const margin = 0.1 * (high - low || 1);
  return [low - margin, high + margin];
}

function confusionOf(model: Model, { features, labels, classes }: Examples): number[][] {
  const counts = classes.map(() => classes.map(() => 0));
  const found = classesOf(model, features);
  labels.forEach((label, i) => {
    const row = nth(counts, label);
    row[nth(found, i)] = nth(row, nth(found, i)) + 1;
  });
  return counts;
}

function regionsOf(model: Model, data: Examples, affordable: number): RegionView {
  const [x, y] = [boundsOf(data, 0), boundsOf(data, 1)];
  const size = Math.round(Math.min(MOST_SIZE, Math.max(LEAST_SIZE, affordable)));
  const at = ([low, high]: readonly [number, number], i: number) => low + ((high - low) * i) / (size - 1);
  const grid = new Float64Array(2 * size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) grid.set([at(x, i), at(y, j)], 2 * (i * size + j));
  }
  const { classes, probabilities, scores } = model.predict(grid);
  const count = data.classes.length;
  const found = Uint8Array.from(classes ?? classesOf(model, grid));
  const certainty = found.map((c, k) => {
    if (!probabilities) {
      const best = Math.min(1, Math.max(0, nth(scores, k * count + c)));
      return Math.round(255 * best);
    }
    const p = probabilities.length === found.length ? nth(probabilities, k) : undefined;
    const sure = p === undefined ? nth(probabilities, k * count + c) : c === 1 ? p : 1 - p;
    return Math.round((255 * (sure - 1 / count)) / (1 - 1 / count));
  });
  return { size, x, y, classes: found, certainty };
}

function depthOf(model: Model): DepthView {
  const { layers } = model.network;
  const layer = layers.findIndex(({ kind }) => kind === "ode");
  const parameter = model.parameters.find(({ name }) => name.startsWith(`${layer}.K`));
  return {
    ...networkOf(model, layer),
    ...(parameter ? { weights: weightsOf(model, layer, parameter) } : {}),
    memory: model.memory,
    threads: engineOf(model).threads,
  };
}

/** Entries of K, evenly taken, at equal distances in time. */
function weightsOf(model: Model, layer: number, { name, shape }: ParameterInfo): NonNullable<DepthView["weights"]> {
  const { steps, stepSize } = model.network.layers[layer] as { steps: number; stepSize: number };
  const all = model.get(name);
  const varying = shape.length % 2 === 1; // K has two dimensions, of a convolution four; time is one more
  const sets = varying ? nth(shape, 0) : 1;
  const size = all.length / sets;
  const entries = Math.min(size, MOST_ENTRIES);
  const shown = Math.max(2, sets); // weights that are constant in time are shown at both ends
  const values = new Float64Array(shown * entries);
  for (let j = 0; j < shown; j++) {
    for (let k = 0; k < entries; k++) {
      values[j * entries + k] = nth(all, Math.min(j, sets - 1) * size + Math.floor((k * size) / entries));
    }
  }
  const spacing = (steps * stepSize) / (varying ? sets : 1);
  return { times: Array.from({ length: shown }, (_, j) => j * spacing), values };
}
