/** The features of some examples on their way through time, and the line that parts them at its end. */
import { nth } from "../../core/nth.ts";
import type { Model } from "../../model/model.ts";
import type { Examples } from "./examples.ts";
import { lineIn, type Plane, partingPlane, principalPlane, project } from "./projection.ts";

/** Features over time in the plane. */
export interface FeatureView {
  readonly times: readonly number[];
  /** By time: n × 2 numbers. */
  readonly points: readonly Float32Array[];
  readonly labels: Int32Array;
  /** Whether the plane is one of the features' many directions. */
  readonly projected: boolean;
  /** The examples themselves, n × 2, where they have two features. */
  readonly inputs?: Float32Array;
  /** a x + b y + c = 0 in the plane: where the classifier turns from one class to the other; absent with more than two. */
  readonly line?: readonly [number, number, number];
  /** On which side of the line each ends: 1 where a x + b y + c > 0. */
  readonly sides?: Uint8Array;
  /** The largest distance from the origin at each time, in all directions. */
  readonly reach: readonly number[];
}

const planes = new WeakMap<Model, Plane>();

export function featuresOf(model: Model, { features, labels, width: inputs }: Examples): FeatureView | undefined {
  const [path] = model.states(features);
  if (!path) return undefined;
  const { values, times } = path;
  const width = (values[0]?.length ?? 0) / labels.length;
  const before = planes.get(model);
  const normal = normalOf(model, width);
  const turned = normal ? partingPlane(values, width, normal.w, before) : principalPlane(values, width, before);
  planes.set(model, turned);
  // What flies off does so from the middle of the picture.
  const plane = width > 2 ? { ...turned, mean: meanOf(nth(values, 0), width) } : turned;
  const line = normal && lineIn(plane, normal.w, normal.c);
  const last = values[values.length - 1];
  return {
    times,
    points: values.map((v) => project(v, plane)),
    labels: labels.slice(), // the worker's answers are moved to the page
    projected: width > 2,
    ...(inputs === 2 ? { inputs: Float32Array.from(features) } : {}),
    ...(line && normal && last ? { line, sides: sidesOf(last, width, normal) } : {}),
    reach: values.map((v) => reachOf(v, width)),
  };
}

interface Normal {
  readonly w: Float64Array;
  readonly c: number;
}

/** Of two classes: s₁ − s₀ = wᵀy + c, or the one score; undefined where the classifier does not follow the time steps. */
function normalOf(model: Model, width: number): Normal | undefined {
  const { layers } = model.network;
  const last = layers.length - 1;
  if (layers[last]?.kind !== "linear" || layers[last - 1]?.kind !== "ode") return undefined;
  const W = model.get(`${last}.W`);
  const rows = W.length / width;
  if (rows > 2) return undefined;
  const b = model.get(`${last}.b`);
  const sign = rows === 1 ? 0 : 1;
  const w = Float64Array.from({ length: width }, (_, k) => nth(W, (rows - 1) * width + k) - sign * nth(W, k));
  return { w, c: nth(b, rows - 1) - sign * nth(b, 0) };
}

function sidesOf(values: ArrayLike<number>, width: number, { w, c }: Normal): Uint8Array {
  return Uint8Array.from({ length: values.length / width }, (_, i) => {
    let score = c;
    for (let k = 0; k < width; k++) score += nth(w, k) * nth(values, i * width + k);
    return score > 0 ? 1 : 0;
  });
}

function meanOf(values: ArrayLike<number>, width: number): Float64Array {
  const mean = new Float64Array(width);
  const share = width / values.length;
  for (let k = 0; k < values.length; k++) mean[k % width] = nth(mean, k % width) + share * nth(values, k);
  return mean;
}

function reachOf(values: ArrayLike<number>, width: number): number {
  let most = 0;
  for (let i = 0; i < values.length; i += width) {
    let square = 0;
    for (let k = 0; k < width; k++) square += nth(values, i + k) ** 2;
    if (!(square <= most)) most = square; // what is no number stays
  }
  return Math.sqrt(most);
}
