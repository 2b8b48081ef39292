/**
 * The steps of an embedded Runge–Kutta pair (Hairer, Nørsett & Wanner 1993, II.4): a step's error h Σ e_i k_i is measured
 * against atol + rtol max(|y|, |y'|) by the root mean square over an example's features, the largest over the batch; the
 * step is accepted where err ≤ 1, and the next is h · min(5, max(0.2, 0.9 err^(−1/q))), not longer after a rejection.
 * Nothing is recorded here: the result is a grid.
 */
import { OdenetError } from "../core/errors.ts";
import { pow } from "../core/scalar.ts";

/** A pair of methods: `b` of order `order`, `error` the difference of the two, one entry more for f(y'). */
export interface Embedded {
  readonly tolerances: { readonly rtol: number; readonly atol: number };
  readonly order: number;
  readonly a: readonly (readonly number[])[];
  readonly b: readonly number[];
  readonly c: readonly number[];
  readonly error: readonly number[];
}

/** ẏ = f(y, t) from y(0), for `rows` examples one after another. */
export interface ControlledProblem {
  readonly y: Float64Array;
  readonly rows: number;
  readonly finalTime: number;
  /** Times inside (0, T) that must be grid points, such as kinks of θ(t); increasing. */
  readonly stops: readonly number[];
  velocity(y: Float64Array, t: number): Float64Array;
}

/** Every step becomes part of a plan: more of them are a sign of a stiff or diverging field. */
const MOST_STEPS = 10_000;
const SAFETY = 0.9;
const LEAST_FACTOR = 0.2;
const LARGEST_FACTOR = 5;

/** The accepted times 0 = t_0 < t_1 < … = T. Throws `convergence` where no step is short enough. */
export function acceptedTimes(problem: ControlledProblem, method: Embedded, where: string): number[] {
  const { finalTime, stops, velocity } = problem;
  const { rtol, atol } = method.tolerances;
  const times = [0];
  let { y } = problem;
  let t = 0;
  let slope = velocity(y, 0);
  let h = Math.min(finalTime, firstStep(problem, slope, method));
  let largest = LARGEST_FACTOR;
  for (let tries = 0; t < finalTime; tries++) {
    const stop = stops.find((s) => s > t) ?? finalTime;
    // A step that would leave a sliver before the stop goes all the way.
    const next = t + 1.01 * h >= stop ? stop : t + h;
    const step = next - t;
    if (!(step > 16 * Number.EPSILON * finalTime) || tries >= 2 * MOST_STEPS || times.length > MOST_STEPS) {
      throw new OdenetError(
        "convergence",
        `${where}: expected dopri5 to reach t = ${finalTime} within ${MOST_STEPS} steps, got to t = ${t} in ${times.length - 1}. Take a larger rtol (in float32 at least 1e-6), or smaller weights: the field is stiff or its solution grows.`,
      );
    }
    const trial = tryStep(problem, method, y, slope, t, step);
    const err = worstError(problem.rows, y, trial.y, trial.error, rtol, atol);
    const factor = err === 0 ? largest : SAFETY * pow(err, -1 / method.order);
    // NaN fails both comparisons: the shortest step comes next.
    const change = factor > LEAST_FACTOR ? Math.min(largest, factor) : LEAST_FACTOR;
    if (err <= 1) {
      times.push(next);
      t = next;
      y = trial.y;
      slope = trial.slope;
      // A step cut short by a stop says little about the ones after it.
      h = Math.max(step * change, step < h ? Math.min(h, finalTime) : 0);
      largest = LARGEST_FACTOR;
    } else {
      h = step * change;
      largest = 1;
    }
  }
  return times;
}

function sum(y: Float64Array, h: number, weights: readonly number[], stages: readonly Float64Array[]): Float64Array {
  const result = Float64Array.from(y);
  weights.forEach((w, j) => {
    const k = stages[j] as Float64Array;
    if (w !== 0) for (let i = 0; i < result.length; i++) result[i] = (result[i] as number) + h * w * (k[i] as number);
  });
  return result;
}

function tryStep(
  { velocity }: ControlledProblem,
  { a, b, c, error }: Embedded,
  y: Float64Array,
  slope: Float64Array,
  t: number,
  h: number,
): { y: Float64Array; slope: Float64Array; error: Float64Array } {
  const stages = [slope];
  for (let i = 1; i < a.length; i++) {
    stages.push(velocity(sum(y, h, a[i] as readonly number[], stages), t + (c[i] as number) * h));
  }
  const next = sum(y, h, b, stages);
  const end = velocity(next, t + h);
  stages.push(end);
  return { y: next, slope: end, error: sum(new Float64Array(y.length), h, error, stages) };
}

/** Root mean square of e / sc for one example, sc = atol + rtol max(|y|, |z|). */
function scaled(
  e: Float64Array,
  y: Float64Array,
  z: Float64Array,
  from: number,
  width: number,
  rtol: number,
  atol: number,
): number {
  let total = 0;
  for (let i = from; i < from + width; i++) {
    const sc = atol + rtol * Math.max(Math.abs(y[i] as number), Math.abs(z[i] as number));
    const e_i = e[i] as number;
    const q = e_i === 0 ? 0 : e_i / sc;
    total += q * q;
  }
  return Math.sqrt(total / width);
}

function worstError(
  rows: number,
  y: Float64Array,
  next: Float64Array,
  error: Float64Array,
  rtol: number,
  atol: number,
): number {
  const width = y.length / rows;
  let worst = 0;
  for (let r = 0; r < rows; r++) {
    const err = scaled(error, y, next, r * width, width, rtol, atol);
    if (!(err <= worst)) worst = err;
  }
  return worst;
}

/** The first step from the sizes of y, f and an estimate of f' along the solution; the shortest over the batch. */
function firstStep(problem: ControlledProblem, slope: Float64Array, { tolerances, order }: Embedded): number {
  const { rows, velocity, y } = problem;
  const { rtol, atol } = tolerances;
  const width = y.length / rows;
  const sizes = (of: Float64Array) =>
    Array.from({ length: rows }, (_, r) => scaled(of, y, y, r * width, width, rtol, atol));
  const [d0, d1] = [sizes(y), sizes(slope)];
  const guesses = d1.map((d, r) => ((d0[r] as number) < 1e-5 || d < 1e-5 ? 1e-6 : (0.01 * (d0[r] as number)) / d));
  const h0 = Math.min(problem.finalTime, ...guesses);
  const moved = velocity(sum(y, h0, [1], [slope]), h0);
  const d2 = sizes(sum(moved, -1, [1], [slope])).map((d) => d / h0);
  const second = d2.map((d, r) => {
    const most = Math.max(d, d1[r] as number);
    return most <= 1e-15 ? Math.max(1e-6, 1e-3 * h0) : pow(0.01 / most, 1 / order);
  });
  return Math.min(100 * h0, ...second);
}
