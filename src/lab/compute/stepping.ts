/** Training a few steps at a time, for a reader who wants to watch: the same steps, and the same bits, as a whole run's. */
import type { Model } from "../../model/model.ts";
import { type Step, train } from "../../training/index.ts";
import { reviveOptions } from "../../training/reviveOptions.ts";
import { trainingOptions } from "../objective.ts";
import type { State } from "../state.ts";
import { dataFor } from "../targets.ts";
import type { Examples } from "./examples.ts";

/** Where a run stands after some steps. */
export interface Told {
  /** From 0. */
  readonly epoch: number;
  readonly iteration: number;
  /** The batch's objective at each of the steps. */
  readonly values: readonly number[];
  readonly epochEnded: boolean;
  /** Why there are no more. */
  readonly over?: "diverged" | "ended";
}

interface Going {
  readonly steps: Generator<Step, void, undefined>;
  last?: Step;
}

const going = new Map<number, Going>();

/** `count` steps of the run with this number, which begins at the first call, from `resume` where it is given. */
export function advance(
  model: Model,
  training: Examples,
  state: State,
  run: number,
  count: number,
  resume?: Uint8Array,
): Told {
  const { steps, last } = going.get(run) ?? begin(model, training, state, resume);
  const now: Going = { steps, ...(last ? { last } : {}) };
  going.set(run, now);
  const values: number[] = [];
  let over: Told["over"];
  for (let k = 0; k < count && over === undefined; k++) {
    const { value: step, done } = steps.next();
    if (done) over = "ended";
    else {
      now.last = step;
      values.push(step.value);
      if (step.diverged) over = "diverged";
    }
  }
  const { epoch = 0, iteration = 0, epochEnd } = now.last ?? {};
  return { epoch, iteration, values, epochEnded: epochEnd !== undefined, ...(over ? { over } : {}) };
}

/** Ends a run. The bytes it can be resumed from; undefined where it made no step. */
export function leave(run: number): Uint8Array<ArrayBuffer> | undefined {
  const found = going.get(run);
  going.delete(run);
  const last = found?.last;
  const bytes = last && !last.diverged ? last.checkpoint() : undefined;
  found?.steps.return();
  return bytes;
}

function begin(model: Model, training: Examples, state: State, resume: Uint8Array | undefined): Going {
  const options = reviveOptions(trainingOptions(state));
  return { steps: train(model, dataFor(training, state.loss), { ...options, ...(resume ? { resume } : {}) }) };
}
