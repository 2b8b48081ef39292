/** One time step of all examples, and which of a run's steps was not solved. */
import { implicit_midpoint } from "./midpoint";

/** Implicit steps taken so far in this run, and the number of the first that failed to converge, or 0. */
let steps: u32 = 0;
let unsolved: u32 = 0;

/** implicit_midpoint, counted. */
export function implicit_step<T extends number>(
  u: usize,
  y: usize,
  A: usize,
  b: usize,
  scratch: usize,
  examples: u32,
  n: u32,
  m: u32,
  kind: i32,
  fromOutput: bool,
  form: u32,
  c: T,
): void {
  const failures = implicit_midpoint<T>(u, y, A, b, scratch, examples, n, m, kind, fromOutput, form, c);
  steps++;
  if (failures != 0 && unsolved == 0) unsolved = steps;
}

export function forgetUnsolved(): void {
  steps = 0;
  unsolved = 0;
}

/** Takes over what another thread of a team found: the earliest step counts. */
export function alsoUnsolved(step: u32): void {
  if (step != 0 && (unsolved == 0 || step < unsolved)) unsolved = step;
}

/** Of the last plan_run: 0, or the number (from 1) of the first time step whose implicit equation was not solved. */
export function plan_unsolved(): u32 {
  return unsolved;
}
