import { OdenetError } from "../core/errors.ts";
import type { CallRecorder, Tensor } from "../core/tensor.ts";

/**
 * A first-order update of θ as data and a recording: `state` vectors as long as θ start at zero, `scalars` fills the block
 * that the kernel reads before step `count` (from 1).
 */
export interface Optimizer {
  readonly kind: string;
  readonly learningRate: number;
  /** Vectors of state as long as θ. */
  readonly states: number;
  /** The kernel's scalars for the step with this learning rate; `memory` persists between steps. */
  scalars(learningRate: number, memory: number[]): number[];
  /** First content of `memory`. */
  readonly memory: readonly number[];
  record(record: CallRecorder, theta: Tensor, gradient: Tensor, states: readonly Tensor[], scalars: Tensor): void;
}

/** Throws `option` unless a number lies in [low, high), or is `low` at least. */
export function checkRange(
  value: number,
  where: string,
  what: string,
  low: number,
  high = Number.POSITIVE_INFINITY,
): void {
  if (typeof value !== "number" || !(value >= low && value < high)) {
    const range = high === Number.POSITIVE_INFINITY ? `a finite number of at least ${low}` : `in [${low}, ${high})`;
    throw new OdenetError("option", `${where}: expected ${what} to be ${range}, got ${String(value)}.`);
  }
}
