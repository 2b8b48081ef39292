/**
 * θ(t) over the steps of an ode layer: N sets, one for each step ("perStep"), one for all ("constant"), N + 1 at the nodes
 * ("nodal") or 2N + 1 at nodes and midpoints ("halfSteps"); between the given times, the linear interpolant.
 */
import type { SliceSource } from "../core/recording/recorder.ts";
import type { CallRecorder, Tensor } from "../core/recording/tensor.ts";
import { combine } from "../operations/combine.ts";

export type WeightsInTime = "perStep" | "constant" | "nodal" | "halfSteps";

interface Layout {
  /** Sets for N steps; undefined for one without an axis. */
  copies(steps: number): number | undefined;
  /** Sets from one step to the next, and sets that one step sees. */
  readonly step: number;
  readonly span: number;
  /** Position among a step's sets of the fraction c of the step. */
  position(c: number): number;
}

export const weightLayouts: Readonly<Record<WeightsInTime, Layout>> = {
  perStep: { copies: (steps) => steps, step: 1, span: 1, position: () => 0 },
  constant: { copies: () => undefined, step: 0, span: 1, position: () => 0 },
  nodal: { copies: (steps) => steps + 1, step: 1, span: 2, position: (c) => c },
  halfSteps: { copies: (steps) => 2 * steps + 1, step: 2, span: 3, position: (c) => 2 * c },
};

/** Where the weights of a loop's steps lie among all sets: iteration i, fraction c, at `first + step · i + position(c)`. */
export interface WeightPlace {
  readonly first: number;
  readonly step: number;
  /** The last position; beyond it and before 0 the line through the nearest two sets goes on. */
  readonly last: number;
  position(c: number): number;
}

/** Steps `first`, `first + 1`, … with sets of their own. */
export function stepPlace(kind: WeightsInTime, first: number): WeightPlace {
  const { step, span, position } = weightLayouts[kind];
  return { first: first * step, step, last: span - 1, position };
}

/** The one step from t to t + h among `steps + 1` equally spaced nodes on [0, T]. */
export function uniformPlace(t: number, h: number, finalTime: number, steps: number): WeightPlace {
  return { first: 0, step: 1, last: steps, position: (c) => nodePosition(t + c * h, finalTime, steps) };
}

/** Position of a time among equally spaced nodes: within [0, steps], whole at a node in spite of rounding. */
export function nodePosition(t: number, finalTime: number, steps: number): number {
  const place = (t / finalTime) * steps;
  const node = Math.round(place);
  return Math.abs(place - node) <= 4 * Number.EPSILON * steps ? node : Math.min(Math.max(place, 0), steps);
}

/** A parameter at the fraction c of a loop's current step. */
export function weightAt(
  record: CallRecorder,
  source: Tensor,
  { first, step, last, position }: WeightPlace,
  at: (source: SliceSource) => Tensor,
  c: number,
): Tensor {
  const place = position(c);
  const set = (k: number) => at({ source, first: first + k, step });
  if (Number.isInteger(place)) return set(place);
  const left = Math.min(Math.max(Math.floor(place), 0), last - 1);
  const fraction = place - left;
  return combine(record, [
    [1 - fraction, set(left)],
    [fraction, set(left + 1)],
  ]);
}
