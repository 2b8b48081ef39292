/** What a plan is made by: plans are kept by the recipe's identity, its parameters and the number of rows. */
import type { Recorder } from "../core/recording/recorder.ts";
import type { Engine } from "./engine.ts";

/** A recording and the tensors of it that the host writes and reads. */
export interface Recording<T> {
  readonly record: Recorder;
  readonly handles: T;
}

export interface Recipe<Parameters extends readonly unknown[], T> {
  /** Records a plan for so many rows, in the same way for every number of them. */
  record(engine: Engine, rows: number, ...parameters: Parameters): Recording<T>;
  /** By one thread. */
  readonly alone?: boolean;
  /** What it computes is there until it is dropped, for a plan of several sections. */
  readonly lasting?: boolean;
}

/** A recipe that has nothing to say but how it records. */
export const recipe = <Parameters extends readonly unknown[], T>(
  record: Recipe<Parameters, T>["record"],
  options: Omit<Recipe<Parameters, T>, "record"> = {},
): Recipe<Parameters, T> => ({ record, ...options });

/** Whether two recipes' parameters are the same: lists and maps by what they hold, all else by identity. */
export function sameParameters(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((x, k) => same(x, b[k]));
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return sameParameters(a, b);
  return a instanceof Map && b instanceof Map && sameParameters([...a], [...b]);
}
