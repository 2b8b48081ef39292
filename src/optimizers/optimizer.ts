import { OdenetError } from "../core/errors.ts";
import type { CallRecorder, Tensor } from "../core/recording/tensor.ts";

/**
 * A first-order update of θ as data and a recording: `states` vectors as long as θ start at zero, `writeScalars` fills the
 * block that the kernel reads before every step.
 */
export interface Optimizer {
  readonly kind: string;
  /** What the factory of this kind was given: with it another thread makes the same one. */
  readonly settings?: object;
  readonly learningRate: number;
  /** Vectors of state as long as θ. */
  readonly states: number;
  /**
   * Writes the kernel's scalars for the next step, with this learning rate, to `into`; `memory` persists between steps.
   * Both arrays are the run's own: nothing is allocated in a step.
   */
  writeScalars(into: number[], learningRate: number, memory: number[]): void;
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
