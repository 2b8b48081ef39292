import { OdenetError } from "../core/errors.ts";
import type { CallRecorder, Tensor } from "../core/recording/tensor.ts";
import { type Entry, type Rule, readOptions } from "../core/registry.ts";
import { updateOf } from "../operations/update.ts";

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

/** What the library says of an update; its kernel is the file of the same name in assembly/updates. */
export interface UpdateEntry<Options extends object = object> extends Entry<Options> {
  /** The record's number: part of the ABI, a free one for a new member. */
  readonly op: number;
  /** Names of the vectors of state. */
  readonly states: readonly string[];
  /** How many scalars the kernel reads. */
  readonly scalars: number;
}

export const learningRateRule = (initial: number): Rule<number> => ({
  kind: "number",
  label: "learning rate",
  from: 0,
  initial,
});

export const weightDecayRule = (initial: number): Rule<number> => ({
  kind: "number",
  label: "weight decay",
  from: 0,
  initial,
});

/** A number that a running mean forgets by. */
export const shareRule = (label: string, initial: number): Rule<number> => ({
  kind: "number",
  label,
  from: 0,
  below: 1,
  initial,
});

/** The update with checked options; `write` makes what fills the scalars. Throws `option`. */
export function makeUpdate<Options extends { learningRate: number }>(
  { name: kind, op, states, options }: UpdateEntry<Options>,
  given: Partial<Options>,
  write: (options: Options) => Optimizer["writeScalars"],
  memory: readonly number[] = [],
): Optimizer {
  const settings = readOptions(kind, options, given);
  const update = updateOf(kind, op);
  return {
    ...{ kind, settings, learningRate: settings.learningRate, states: states.length, memory },
    writeScalars: write(settings),
    record(record, theta, gradient, vectors, scalars) {
      record.call(update, [theta, gradient, ...vectors, scalars], []);
    },
  };
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
