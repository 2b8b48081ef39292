/** What moves θ by one step: an optimizer's recorded update (updateStepper.ts), or a method of its own logic (methodStepper.ts). */
import type { Batch } from "../model/chunks.ts";
import type { Targets } from "../model/examples.ts";
import type { Ending } from "../optimizers/method.ts";
import type { OfMethod } from "./step.ts";

/** The examples of one step: rows `order[first] …`, or `first …`. */
export interface StepBatch extends Batch {
  readonly targets: Targets;
  first: number;
  count: number;
}

/** What a step gave; one object, written anew in every step. */
export interface Outcome {
  value: number;
  gradientNorm: number;
  stepSize: number;
  /** False where value, gradient or θ left the finite range; θ is then as it was. */
  finite: boolean;
  /** Why a method has ended. */
  end: Ending | undefined;
  /** What a method reports besides. */
  told: OfMethod | undefined;
}

export const outcome = (): Outcome => ({
  value: Number.NaN,
  gradientNorm: Number.NaN,
  stepSize: 0,
  finite: true,
  end: undefined,
  told: undefined,
});

export interface Stepper {
  /** Addresses of the vectors that persist between steps; from `begin` on. */
  readonly states: readonly number[];
  /** The numbers that persist between steps. */
  readonly memory: number[];
  /** Takes memory. */
  begin(): void;
  /** One step; `done` is the number of steps before it. */
  step(batch: StepBatch, done: number): Outcome;
  /** Gives the memory back. */
  release(): void;
}
