/** φ(t) = f(x₀ + t d) along a direction, and the two searches for a step t. */
import type { Problem } from "./method.ts";

export interface Point {
  readonly t: number;
  readonly value: number;
  readonly slope: number;
}

/** φ, its start included. */
export interface Line {
  readonly value: number;
  /** φ'(0). */
  readonly slope: number;
  /** Relative error of a value. */
  readonly roundoff: number;
  evaluations: number;
  /** φ(t); x stays there. */
  at(t: number): number;
  /** φ'(t) where the last `at` was; the gradient there is kept. */
  slopeThere(): number;
  /** Both at t, by one evaluation. */
  both(t: number): Point;
}

/** The line through `base`, a copy of x, along `direction`; gradients on it go to `gradient`. */
export function lineOf<V>(problem: Problem<V>, base: V, direction: V, gradient: V, value: number, slope: number): Line {
  const { space, x } = problem;
  return {
    value,
    slope,
    roundoff: problem.roundoff,
    evaluations: 0,
    at(t) {
      space.copy(x, base);
      space.axpy(x, t, direction);
      this.evaluations++;
      return problem.value();
    },
    slopeThere() {
      problem.gradient(gradient);
      this.evaluations++;
      return space.dot(gradient, direction);
    },
    both(t) {
      space.copy(x, base);
      space.axpy(x, t, direction);
      this.evaluations++;
      const valueThere = problem.gradient(gradient);
      return { t, value: valueThere, slope: space.dot(gradient, direction) };
    },
  };
}

/** How much larger than round-off what a search promises may be, to be told by slopes. */
const LOST = 1000;

/**
 * Sufficient decrease: φ(t) ≤ φ(0) + c t φ'(0) (Armijo); where the whole search can gain no more than round-off, by the slope:
 * φ'(t) ≤ (2c − 1) φ'(0) (Hager & Zhang 2005, approximate Wolfe condition). `first` is the search's first t.
 */
export function decreases(
  line: Line,
  t: number,
  first: number,
  value: number,
  c: number,
  slope = () => line.slopeThere(),
): boolean {
  if (value <= line.value + c * t * line.slope && value < line.value) return true;
  const small = line.roundoff * Math.abs(line.value);
  const lost = Math.abs(value - line.value) <= small && -first * line.slope <= LOST * small;
  return lost && slope() <= (2 * c - 1) * line.slope;
}

/**
 * Strong Wolfe conditions: φ(t) ≤ φ(0) + c₁ t φ'(0) and |φ'(t)| ≤ c₂ |φ'(0)| (Nocedal & Wright 2006, algorithms 3.5, 3.6).
 * x and the kept gradient are at the point returned; undefined where there is none.
 */
export function strongWolfe(line: Line, first: number, { c1 = 1e-4, c2 = 0.9, trials = 30 } = {}): Point | undefined {
  let low: Point = { t: 0, value: line.value, slope: line.slope };
  let t = first;
  let largest = Number.POSITIVE_INFINITY;
  const flat = (slope: number) => Math.abs(slope) <= -c2 * line.slope;
  for (let k = 0; k < trials; k++) {
    const here = line.both(t);
    const { value, slope } = here;
    if (!Number.isFinite(value) || !Number.isFinite(slope)) {
      largest = t;
      t = low.t + (t - low.t) / 4;
      continue;
    }
    if (!decreases(line, t, first, value, c1, () => slope) || (k > 0 && value >= low.value && slope >= 0))
      return zoom(line, low, here, first, c1, flat, trials - k);
    if (flat(slope)) return here;
    if (slope >= 0) return zoom(line, here, low, first, c1, flat, trials - k);
    low = here;
    t = largest < Number.POSITIVE_INFINITY ? (t + largest) / 2 : 2 * t;
  }
  return undefined;
}

/** Between `low`, which decreases φ and slopes towards `high`, and `high`. */
function zoom(
  line: Line,
  low: Point,
  high: Point,
  first: number,
  c1: number,
  flat: (slope: number) => boolean,
  trials: number,
): Point | undefined {
  let thereNow = false;
  for (let k = 0; k < trials; k++) {
    const t = between(low, high);
    if (t === low.t || t === high.t) break;
    const here = line.both(t);
    const { value, slope } = here;
    thereNow = false;
    if (
      !Number.isFinite(value) ||
      !decreases(line, t, first, value, c1, () => slope) ||
      (value >= low.value && low.t > 0 && value > low.value)
    ) {
      high = here;
      continue;
    }
    if (flat(slope)) return here;
    if (slope * (high.t - low.t) >= 0) high = low;
    low = here;
    thereNow = true;
  }
  // The curvature condition could not be met; a decrease is still a step.
  if (low.t === 0) return undefined;
  return thereNow ? low : line.both(low.t);
}

/** The minimizer of the cubic through both points with their slopes, kept away from the ends; else the middle. */
function between(a: Point, b: Point): number {
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.t - b.t);
  const square = d1 * d1 - a.slope * b.slope;
  const d2 = (b.t > a.t ? 1 : -1) * Math.sqrt(square);
  const t = b.t - ((b.t - a.t) * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2);
  const margin = 0.1 * Math.abs(b.t - a.t);
  const inside = t > Math.min(a.t, b.t) + margin && t < Math.max(a.t, b.t) - margin;
  return square >= 0 && inside ? t : (a.t + b.t) / 2;
}
