/** Features of any width in the plane of their two principal components, the same plane at all times. */
import { nth } from "../../core/nth.ts";

export interface Plane {
  readonly mean: Float64Array;
  /** Two directions of unit length. */
  readonly axes: readonly [Float64Array, Float64Array];
}

/** Numbers that the plane is found from at most: of many or wide features, some examples are enough. */
const MOST_NUMBERS = 2e5;

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += nth(a, k) * nth(b, k);
  return sum;
};

/** The plane of largest variance, by power iteration from `before`, so that it turns slowly from call to call. */
export function principalPlane(values: readonly ArrayLike<number>[], width: number, before?: Plane): Plane {
  const mean = new Float64Array(width);
  let count = 0;
  for (const v of values) {
    for (let k = 0; k < v.length; k++) mean[k % width] = nth(mean, k % width) + nth(v, k);
    count += v.length / width;
  }
  for (let k = 0; k < width; k++) mean[k] = nth(mean, k) / count;
  if (width <= 2) return { mean: new Float64Array(width), axes: [unit(width, 0), unit(width, 1)] };
  const rows = centred(values, mean);
  const same = before?.mean.length === width ? before : undefined;
  const first = iterate(rows, same?.axes[0] ?? unit(width, 0));
  const second = iterate(rows, same?.axes[1] ?? unit(width, 1), first);
  return { mean, axes: [first, second] };
}

/**
 * The plane in which a line parts two classes: its first direction is the line's normal, the second the one of largest variance
 * across it. Of two features: the plane itself.
 */
export function partingPlane(
  values: readonly ArrayLike<number>[],
  width: number,
  normal: Float64Array,
  before?: Plane,
): Plane {
  const plane = principalPlane(values, width, before);
  const length = Math.sqrt(dot(normal, normal));
  if (width <= 2 || !(length > 0) || !Number.isFinite(length)) return plane;
  const first = normal.map((x) => x / length);
  const same = before?.mean.length === width ? before : undefined;
  const second = iterate(centred(values, plane.mean), same?.axes[1] ?? unit(width, 1), first);
  // As it lay before: a mirrored picture is another one to the eye.
  const turned = same && dot(same.axes[1], second) < 0;
  return { mean: plane.mean, axes: [first, turned ? second.map((x) => -x) : second] };
}

/** wᵀy + c = 0 in a plane, as a x + b y + c = 0. */
export function lineIn({ mean, axes }: Plane, w: Float64Array, c: number): readonly [number, number, number] {
  return [dot(w, axes[0]), dot(w, axes[1]), dot(w, mean) + c];
}

const unit = (width: number, at: number): Float64Array => new Float64Array(width).fill(1, at, Math.min(at + 1, width));

/** Features less their mean, some of them where there are many. */
function centred(values: readonly ArrayLike<number>[], mean: Float64Array): Float64Array[] {
  const width = mean.length;
  const numbers = values.reduce((sum, v) => sum + v.length, 0);
  const stride = width * Math.max(1, Math.ceil(numbers / MOST_NUMBERS));
  return values.flatMap((v) =>
    Array.from({ length: Math.ceil(v.length / stride) }, (_, i) => mean.map((m, k) => nth(v, i * stride + k) - m)),
  );
}

/** v ← Σ y (yᵀv) over the rows y, of unit length, 24 times: never with the covariance, which wide features make large. */
function iterate(rows: readonly Float64Array[], start: Float64Array, without?: Float64Array): Float64Array {
  let v = Float64Array.from(start, (x, k) => x + 1e-3 * (1 + (k % 3)));
  for (let round = 0; round < 24; round++) {
    const next = new Float64Array(v.length);
    for (const y of rows) {
      const share = dot(y, v);
      for (let k = 0; k < y.length; k++) next[k] = nth(next, k) + share * nth(y, k);
    }
    if (without) {
      const share = dot(next, without);
      for (let k = 0; k < next.length; k++) next[k] = nth(next, k) - share * nth(without, k);
    }
    const length = Math.sqrt(dot(next, next));
    if (!(length > 0)) return v;
    v = next.map((x) => x / length);
  }
  return v;
}

/** n × 2 numbers. */
export function project(values: ArrayLike<number>, { mean, axes }: Plane): Float32Array {
  const width = mean.length;
  const n = values.length / width;
  const result = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < width; k++) {
      const x = nth(values, i * width + k) - nth(mean, k);
      result[2 * i] = nth(result, 2 * i) + x * nth(nth(axes, 0), k);
      result[2 * i + 1] = nth(result, 2 * i + 1) + x * nth(nth(axes, 1), k);
    }
  }
  return result;
}
