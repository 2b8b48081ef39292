/**
 * The derivative check: |Φ(θ + h v) − Φ(θ)| = O(h) and |Φ(θ + h v) − Φ(θ) − h ∇Φᵀ v| = O(h²) for a random unit direction v.
 * A gradient that is wrong, or that of another discretisation, shows as a second slope of 1.
 */
import { Random, streams } from "../core/random.ts";
import type { Data } from "../model/examples.ts";
import { engineOf, type Model } from "../model/model.ts";

export interface DerivativeCheck {
  readonly h: number[];
  /** |Φ(θ + h v) − Φ(θ)| */
  readonly order0: number[];
  /** |Φ(θ + h v) − Φ(θ) − h ∇Φᵀ v| */
  readonly order1: number[];
  /** The exponents observed, above round-off: near 1 and 2 for a right gradient. */
  readonly slopes: { readonly order0: number; readonly order1: number };
}

export interface CheckOptions {
  /** Of the direction, default 0. */
  seed?: number;
  /** The largest h, default 1; each is half of the one before. */
  from?: number;
  /** How many, default 20. */
  points?: number;
  /** Another gradient to be checked, flat like θ; default the model's own. */
  gradient?: ArrayLike<number>;
}

/** Compares the objective along a random direction with its first Taylor polynomials. The model keeps its θ. */
export function checkDerivative(model: Model, data: Data, options: CheckOptions = {}): DerivativeCheck {
  const { seed = 0, from = 1, points = 20 } = options;
  engineOf(model, "checkDerivative");
  const theta = model.get();
  const { value, gradient: own } = model.gradient(data);
  const gradient = options.gradient ?? own;
  const v = new Random(seed, streams.noise).normal(theta.length);
  const length = Math.sqrt(v.reduce((s, x) => s + x * x, 0));
  const slope = v.reduce((s, x, k) => s + x * (gradient[k] as number), 0) / length;
  const h = Array.from({ length: points }, (_, k) => from / 2 ** k);
  const order0: number[] = [];
  const order1: number[] = [];
  try {
    for (const step of h) {
      model.set(Float64Array.from(theta, (t, k) => t + (step * (v[k] as number)) / length));
      const difference = model.value(data) - value;
      order0.push(Math.abs(difference));
      order1.push(Math.abs(difference - step * slope));
    }
  } finally {
    model.set(theta);
  }
  const roundOff = 64 * Math.abs(value) * (model.precision === "f64" ? 2 ** -53 : 2 ** -24);
  return {
    h,
    order0,
    order1,
    slopes: { order0: observed(h, order0, roundOff), order1: observed(h, order1, roundOff) },
  };
}

/** The exponent p of e ≈ C hᵖ: the median of log₂(e(h) / e(h/2)), over the smaller half of the h above round-off. */
export function observed(h: readonly number[], errors: readonly number[], roundOff: number): number {
  const slopes: number[] = [];
  for (let k = 0; k + 1 < h.length; k++) {
    const [e, next] = [errors[k] as number, errors[k + 1] as number];
    if (next <= roundOff || e <= roundOff) break;
    slopes.push(Math.log(e / next) / Math.log((h[k] as number) / (h[k + 1] as number)));
  }
  const last = slopes.slice(Math.floor(slopes.length / 2)).sort((a, b) => a - b);
  return last[Math.floor(last.length / 2)] ?? Number.NaN;
}

/** The table that the course prints: h, the two remainders, and the power of h that each falls with from one h to the next. */
export function derivativeTable({ h, order0, order1, slopes }: DerivativeCheck): string {
  const remainder = (errors: readonly number[], k: number) => [
    (errors[k] as number).toExponential(2),
    k === 0 ? "" : power(h, errors, k),
  ];
  const rows = [
    ["h", "|Φ(θ+hv)−Φ(θ)|", "power", "|Φ(θ+hv)−Φ(θ)−h∇Φᵀv|", "power"],
    ...h.map((step, k) => [step.toExponential(2), ...remainder(order0, k), ...remainder(order1, k)]),
    ["slopes", "", slopes.order0.toFixed(2), "", slopes.order1.toFixed(2)],
  ];
  const widths = (rows[0] as string[]).map((_, c) => Math.max(...rows.map((row) => (row[c] as string).length)));
  return rows.map((row) => row.map((cell, c) => cell.padStart(widths[c] as number)).join("  ")).join("\n");
}

/** log (e_{k−1} / e_k) / log (h_{k−1} / h_k), nothing where round-off has left no error. */
function power(h: readonly number[], errors: readonly number[], k: number): string {
  const [before, here] = [errors[k - 1] as number, errors[k] as number];
  if (before === 0 || here === 0) return "";
  return (Math.log(before / here) / Math.log((h[k - 1] as number) / (h[k] as number))).toFixed(2);
}
