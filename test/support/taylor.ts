import { expect } from "vitest";
import { norm } from "./agreement.ts";

type Numbers = ArrayLike<number>;

/** A map along a line, h ↦ f(x + h d), with its claimed derivative f'(x) d at h = 0. */
export interface Line {
  at(h: number): Numbers;
  readonly derivative: Numbers;
  /** Signed distances of everything from its kinks at x + h d; none must change sign within the largest step. */
  kinks?(h: number): readonly number[];
}

export interface Expansion {
  readonly h: readonly number[];
  /** ‖f(x + h d) − f(x)‖. */
  readonly order0: readonly number[];
  /** ‖f(x + h d) − f(x) − h f'(x) d‖. */
  readonly order1: readonly number[];
  /** log₂ of the ratio of neighbouring order1 remainders, as far as both stand out of the round-off. */
  readonly slopes: readonly number[];
  /** ‖f(x)‖. */
  readonly size: number;
}

export interface Steps {
  readonly largest?: number;
  readonly halvings?: number;
}

export const LARGEST = 1 / 4;
const ROUND_OFF = 1e4 * Number.EPSILON;

const floorOf = (size: number) => ROUND_OFF * Math.max(size, Number.MIN_VALUE);

function remainder(moved: Numbers, base: Numbers, h: number, slope?: Numbers): number {
  return norm(Array.from(moved, (entry, i) => entry - (base[i] as number) - (slope ? h * (slope[i] as number) : 0)));
}

/** f(x + h d) = f(x) + h f'(x) d + O(h²), measured over halvings of h. */
export function taylor({ at, derivative }: Line, { largest = LARGEST, halvings = 22 }: Steps = {}): Expansion {
  const base = Array.from(at(0));
  const size = norm(base);
  const h = Array.from({ length: halvings }, (_, k) => largest / 2 ** k);
  const moved = h.map((step) => Array.from(at(step)));
  const order0 = moved.map((values, k) => remainder(values, base, h[k] as number));
  const order1 = moved.map((values, k) => remainder(values, base, h[k] as number, derivative));
  const slopes: number[] = [];
  for (let k = 0; k + 1 < halvings; k++) {
    const [coarse, fine] = [order1[k] as number, order1[k + 1] as number];
    if (Math.min(coarse, fine) > floorOf(size)) slopes.push(Math.log2(coarse / fine));
  }
  return { h, order0, order1, slopes, size };
}

/** Whether no kink lies in [0, largest]: no distance changes sign, and none is nearer than it moves between samples. */
export function clearOfKinks(kinks: (h: number) => readonly number[], largest: number, samples = 32): boolean {
  const rows = Array.from({ length: samples + 1 }, (_, k) => kinks((largest * k) / samples));
  const first = rows[0] ?? [];
  return first.every((start, i) => {
    const path = rows.map((row) => row[i] as number);
    const move = Math.max(...path.slice(1).map((distance, k) => Math.abs(distance - (path[k] as number))));
    return path.every((distance) => distance * start > 0 && Math.abs(distance) > move);
  });
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

function checkDraw(name: string, line: Line, expansion: Expansion): void {
  const [largest, moved] = [expansion.h[0] as number, expansion.order0[0] as number];
  expect(Number.isFinite(expansion.size + norm(expansion.order1)), `${name}: a value is not finite`).toBe(true);
  expect(moved > floorOf(expansion.size), `${name}: the direction does not move the value; draw another`).toBe(true);
  if (line.kinks) {
    expect(clearOfKinks(line.kinks, largest), `${name}: a kink lies within the step ${largest}; draw another`).toBe(
      true,
    );
  }
}

/** The remainder of an exactly linear map is round-off at every step: under 1e-13 of the value. */
export function isExactlyLinear({ order1, order0, size }: Expansion): boolean {
  return order1.every((entry) => entry <= 1e-13 * Math.max(size, order0[0] as number));
}

/** An exactly linear map. */
export function expectLinear(name: string, line: Line, steps?: Steps): void {
  const expansion = taylor(line, steps);
  checkDraw(name, line, expansion);
  const worst = Math.max(...expansion.order1) / Math.max(expansion.size, expansion.order0[0] as number);
  expect(isExactlyLinear(expansion), `${name}: remainder ${worst.toExponential(2)}, allowed 1e-13`).toBe(true);
}

/** The derivative law: the median slope is at least 1.95 (or the map turns out exactly linear). */
export function expectTaylor(name: string, line: Line, steps?: Steps): void {
  const expansion = taylor(line, steps);
  checkDraw(name, line, expansion);
  if (isExactlyLinear(expansion)) return;
  const { slopes } = expansion;
  const shown = slopes.map((slope) => slope.toFixed(2)).join(" ");
  expect(slopes.length, `${name}: too few remainders stand out of the round-off`).toBeGreaterThanOrEqual(3);
  expect(median(slopes), `${name}: median of the slopes ${shown}`).toBeGreaterThanOrEqual(1.95);
}
