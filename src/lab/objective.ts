/** Optimizer and regularizers of the reader's choice, described as they are sent: the page needs no factory. */
import type { Optimizer } from "../optimizers/index.ts";
import type { Regularizer } from "../regularizers/index.ts";
import type { ModelOptions } from "../training/index.ts";
import { regularizers, type State } from "./state.ts";
import { threadsFor } from "./threads.ts";

/** Whether the optimizer searches for its steps, each of which sees all examples. */
export const searches = ({ optimizer }: Pick<State, "optimizer">): boolean =>
  optimizer === "lbfgs" || optimizer === "newtonCG";

export function optimizerOf(state: State): Optimizer {
  const { optimizer: kind, learningRate } = state;
  return { kind, settings: searches(state) ? {} : { learningRate } } as unknown as Optimizer;
}

export function modelOptions(state: State): ModelOptions {
  const { loss, seed, precision } = state;
  const regularizers = regularizersOf(state);
  return { loss: { kind: loss } as never, regularizers, seed, precision, threads: threadsFor(state) };
}

function regularizersOf(state: State): readonly Regularizer[] {
  return regularizers
    .filter((kind) => state[kind] > 0)
    .map((kind) => ({ kind, weight: state[kind], ...(kind === "l1" ? { epsilon: 1e-3 } : {}) }) as Regularizer);
}
