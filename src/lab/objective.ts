/** Optimizer and regularizers of the reader's choice, described as they are sent: the page needs no factory. */
import type { Optimizer } from "../optimizers/index.ts";
import type { Regularizer } from "../regularizers/index.ts";
import type { State } from "./state.ts";

export function optimizerOf({ optimizer: kind, learningRate }: State): Optimizer {
  const searches = kind === "lbfgs" || kind === "newtonCG";
  return { kind, settings: searches ? {} : { learningRate } } as unknown as Optimizer;
}

export function regularizersOf({ regularizer: kind, lambda: weight }: State): readonly Regularizer[] {
  if (kind === "none") return [];
  return [(kind === "l1" ? { kind, weight, epsilon: 1e-3 } : { kind, weight }) as Regularizer];
}
