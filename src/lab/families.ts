/** What the page asks of registries: which integrators fit a dynamics, what an optimizer and a loss need. */

import { namesOf } from "../core/registry.ts";
import { dynamics, dynamicsKinds } from "../dynamics/index.ts";
import * as integrators from "../integrators/index.ts";
import { fittingIntegrators } from "../integrators/registry.ts";
import { lossEntry, type losses } from "../losses/index.ts";
import { type Optimizer, optimizers } from "../optimizers/index.ts";
import { isMethod } from "../optimizers/method.ts";
import { regularizers } from "../regularizers/index.ts";

export type DynamicsName = keyof typeof dynamics;
export type IntegratorName = keyof typeof integrators;
export type LossName = keyof typeof losses;
export type OptimizerName = keyof typeof optimizers;

const { stabilityProjection: _, ...weighted } = regularizers;
/** Those with a weight. */
export const penalties = weighted;
export type PenaltyName = keyof typeof penalties;

/** The integrators for a dynamics; the first is taken where none is chosen. */
export function integratorsFor(name: DynamicsName): readonly IntegratorName[] {
  const fit = fittingIntegrators(dynamics[name]().field);
  const known = namesOf(integrators);
  return fit.flatMap((integrator) => known.filter((name) => integrators[name] === integrator));
}

/** Whether a dynamics has such an option. */
export const hasOption = (name: DynamicsName, option: string): boolean =>
  Object.hasOwn(dynamicsKinds[name].options, option);

/** Whether nothing restricts the spectrum of its Jacobian. */
export const isFree = (name: DynamicsName): boolean => dynamicsKinds[name].free === true;

export const dynamicsLabels = Object.fromEntries(Object.values(dynamicsKinds).map(({ kind, label }) => [kind, label]));

/** What a loss compares scores with: class indices, 0 or 1 with one score, or rows of numbers. */
export const labelsOf = (loss: LossName): "classes" | "binary" | "rows" => lossEntry(loss).labels;

/** One score, or one for each class. */
export const scoresOf = (loss: LossName, classes: number): number => lossEntry(loss).scores ?? classes;

const made = (name: OptimizerName, options: object = {}): Optimizer => optimizers[name](options);

/** Whether an optimizer searches for its steps, each of which sees all examples. */
export const searches = (name: OptimizerName): boolean => isMethod(made(name));

export const optimizerOf = (name: OptimizerName, learningRate: number): Optimizer =>
  made(name, searches(name) ? {} : { learningRate });
