/** What the page asks of registries: which integrators fit a dynamics, what an optimizer and a loss need. */
import { dynamics } from "../dynamics/index.ts";
import * as integrators from "../integrators/index.ts";
import { type losses, lossKinds } from "../losses/index.ts";
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

/** The names of a registry. */
export function namesOf<T extends object>(registry: T): readonly (keyof T & string)[] {
  const known = (name: string): name is keyof T & string => Object.hasOwn(registry, name);
  return Object.keys(registry).filter(known);
}

/** The integrators for a dynamics; the first is taken where none is chosen. */
export function fittingIntegrators(name: DynamicsName): readonly IntegratorName[] {
  const { field } = dynamics[name]();
  return namesOf(integrators).filter((integrator) => integrators[integrator].field === field);
}

/** What a loss compares scores with: class indices, 0 or 1 with one score, or rows of numbers. */
export const labelsOf = (loss: LossName): "classes" | "binary" | "rows" => lossKinds[loss].labels;

/** One score, or one for each class. */
export const scoresOf = (loss: LossName, classes: number): number => (labelsOf(loss) === "binary" ? 1 : classes);

const made = (name: OptimizerName, options: object = {}): Optimizer => optimizers[name](options);

/** Whether an optimizer searches for its steps, each of which sees all examples. */
export const searches = (name: OptimizerName): boolean => isMethod(made(name));

export const optimizerOf = (name: OptimizerName, learningRate: number): Optimizer =>
  made(name, searches(name) ? {} : { learningRate });
