/** What the page asks of registries: which integrators fit a dynamics, what an optimizer and a loss need. */

import { namesOf } from "../core/registry.ts";
import type { Optimizer } from "../optimizers/index.ts";
import type { Regularizer } from "../regularizers/index.ts";
import {
  type DynamicsName,
  type IntegratorName,
  type LossName,
  type OptimizerName,
  offered,
  offeredDynamicsNames,
  offeredLosses,
  offeredOptimizers,
  offeredPenalties,
  type PenaltyName,
} from "./offered.ts";

export type { DynamicsName, IntegratorName } from "./offered.ts";

/** Regularizers with a weight. */
export const penaltyNames: readonly PenaltyName[] = namesOf(offeredPenalties);

/** Whether a regularizer has something to act on: some want matrices that may be unstable, some want time. */
export const fitsPenalty = (name: PenaltyName, { dynamics, dense, steps }: PenaltySubject): boolean =>
  name === "stabilityPenalty" ? dense && isFree(dynamics) : name !== "timeSmoothness" || steps;

interface PenaltySubject {
  readonly dynamics: DynamicsName;
  /** Whether matrices are in between, and no convolutions. */
  readonly dense: boolean;
  /** Whether it has time steps. */
  readonly steps: boolean;
}

export const penaltyOf = (name: PenaltyName, weight: number): Regularizer => ({ ...offeredPenalties[name], weight });

/** The integrators for a dynamics; the first is taken where none is chosen. */
export const integratorsFor = (name: DynamicsName): readonly IntegratorName[] => offered[name]?.integrators ?? [];

/** Whether a dynamics has such an option. */
export const hasOption = (name: DynamicsName, option: string): boolean =>
  offered[name]?.options.includes(option) ?? false;

/** Whether nothing restricts the spectrum of its Jacobian. */
export const isFree = (name: DynamicsName): boolean => offered[name]?.free ?? false;

export const dynamicsLabels = Object.fromEntries(
  offeredDynamicsNames.map((name) => [name, offered[name]?.label ?? name]),
);

const own: Readonly<Record<string, string>> = {
  heun: "Heun",
  ralston: "Ralston",
  euler: "Euler",
  verlet: "Verlet",
  rk3: "Runge–Kutta 3",
  rk4: "Runge–Kutta 4",
  dopri5: "Dormand–Prince 5",
};

/** A name as people write it: `implicitMidpoint` is “implicit midpoint”. */
export const inWords = (name: string): string =>
  name.replaceAll(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);

export const integratorLabel = (name: string): string => own[name] ?? inWords(name);

/** What a loss compares scores with: class indices, 0 or 1 with one score, or rows of numbers. */
export const labelsOf = (loss: LossName) => offeredLosses[loss].labels;

/** One score of two classes, or one for each class. */
export const scoresOf = (loss: LossName, classes: number): number => (labelsOf(loss) === "binary" ? 1 : classes);

/** Whether an optimizer searches for its steps, each of which sees all examples. */
export const searches = (name: OptimizerName): boolean => offeredOptimizers[name].searches;

/** An optimizer as it is sent to the worker, which has its code. */
export const optimizerOf = (kind: OptimizerName, learningRate: number) =>
  ({ kind, settings: searches(kind) ? {} : { learningRate } }) as unknown as Optimizer;
