/** Optimizer and regularizers of the reader's choice, described as they are sent: the page needs no factory. */
import type { Optimizer } from "../optimizers/index.ts";
import type { Regularizer } from "../regularizers/index.ts";
import { regularizers, type State } from "./state.ts";

export function optimizerOf({ optimizer: kind, learningRate }: State): Optimizer {
  const searches = kind === "lbfgs" || kind === "newtonCG";
  return { kind, settings: searches ? {} : { learningRate } } as unknown as Optimizer;
}

export function regularizersOf(state: State): readonly Regularizer[] {
  return regularizers
    .filter((kind) => state[kind] > 0)
    .map((kind) => ({ kind, weight: state[kind], ...(kind === "l1" ? { epsilon: 1e-3 } : {}) }) as Regularizer);
}
