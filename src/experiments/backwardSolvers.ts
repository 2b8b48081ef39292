/** Two solvers of x˙ = f(x) in plain float64: rk4 with n steps, and the pair of Dormand & Prince (1980) with a tolerance. */
import { nth } from "../core/nth.ts";

export type Derivative = (x: Float64Array) => Float64Array;

/** x + Σ c_i k_i */
function plus(x: Float64Array, terms: readonly (readonly [number, Float64Array])[]): Float64Array {
  const out = Float64Array.from(x);
  for (const [c, k] of terms) for (let i = 0; i < out.length; i++) out[i] = nth(out, i) + c * nth(k, i);
  return out;
}

export function rk4Steps(f: Derivative, start: Float64Array, T: number, n: number): Float64Array {
  const h = T / n;
  let x = start;
  for (let j = 0; j < n; j++) {
    const k1 = f(x);
    const k2 = f(plus(x, [[h / 2, k1]]));
    const k3 = f(plus(x, [[h / 2, k2]]));
    const k4 = f(plus(x, [[h, k3]]));
    x = plus(x, [
      [h / 6, k1],
      [h / 3, k2],
      [h / 3, k3],
      [h / 6, k4],
    ]);
  }
  return x;
}

const A = [
  [],
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
] as const;
/** Fifth-order weights less fourth-order ones. */
const ERROR = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40] as const;

export function dopri5Steps(f: Derivative, start: Float64Array, T: number, tolerance: number): Float64Array {
  let x = start;
  let h = T / 10;
  for (let t = 0; t < T * (1 - 1e-14); ) {
    h = Math.min(h, T - t);
    const stages: Float64Array[] = [];
    let next = x;
    for (const row of A) {
      next = plus(
        x,
        row.map((a, i) => [h * a, nth(stages, i)] as const),
      );
      stages.push(f(next));
    }
    const error = plus(
      new Float64Array(x.length),
      ERROR.map((e, i) => [h * e, nth(stages, i)] as const),
    );
    const ratios = error.map((e, i) => e / (tolerance * (1 + Math.max(Math.abs(nth(x, i)), Math.abs(nth(next, i))))));
    const size = Math.sqrt(ratios.reduce((s, r) => s + r * r, 0) / ratios.length);
    if (size <= 1) {
      t += h;
      x = next;
    }
    h *= Math.max(0.2, Math.min(5, 0.9 * (size || 1e-10) ** -0.2));
  }
  return x;
}
