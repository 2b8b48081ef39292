/**
 * What the page's lists offer, told by the registries of dynamics, integrators, activations, weights in time and generators. It is
 * plain data, and the build puts it in place of this file: the page draws its controls before any of their code is there.
 */

import { namesOf } from "../core/registry.ts";
import { planeGenerators } from "../data/generators.ts";
import { dynamics, dynamicsKinds } from "../dynamics/index.ts";
import * as integrators from "../integrators/index.ts";
import { fittingIntegrators } from "../integrators/registry.ts";
import { weightLayouts } from "../layers/weightsInTime.ts";
import { type Loss, lossEntry, losses } from "../losses/index.ts";
import type { LossEntry } from "../losses/loss.ts";
import { activations } from "../operations/activation.ts";
import { optimizers } from "../optimizers/index.ts";
import { isMethod } from "../optimizers/method.ts";
import { type Regularizer, regularizers } from "../regularizers/index.ts";

export type DynamicsName = keyof typeof dynamics;
export type IntegratorName = keyof typeof integrators;

/** One dynamics: its label, the options besides those of all, the integrators that fit, whether nothing restricts its spectrum. */
interface OfferedDynamics {
  readonly label: string;
  readonly options: readonly string[];
  readonly integrators: readonly IntegratorName[];
  readonly free: boolean;
}

function offeredDynamics(name: DynamicsName): OfferedDynamics {
  const { label, options, free = false } = dynamicsKinds[name];
  const fit = fittingIntegrators(dynamics[name]().field);
  const own = namesOf(integrators).filter((known) => fit.some((integrator) => integrator === integrators[known]));
  const order = fit.flatMap((integrator) => own.filter((known) => integrators[known] === integrator));
  return { label, options: Object.keys(options), integrators: order, free };
}

export const offeredDynamicsNames: readonly DynamicsName[] = namesOf(dynamics);
export const offeredIntegrators: readonly IntegratorName[] = namesOf(integrators);
export const offeredActivations = namesOf(activations);
export const offeredWeights = namesOf(weightLayouts);
export const offeredGenerators: readonly { readonly name: string; readonly label: string }[] = planeGenerators.map(
  ({ name, label }) => ({ name, label }),
);
export const offered: Readonly<Record<string, OfferedDynamics>> = Object.fromEntries(
  offeredDynamicsNames.map((name) => [name, offeredDynamics(name)]),
);

export type LossName = keyof typeof losses;
export type OptimizerName = keyof typeof optimizers;

/** Each loss as data, with what it compares scores with. */
export const offeredLosses = Object.fromEntries(
  namesOf(losses).map((name) => [name, { loss: losses[name](), labels: lossEntry(name).labels }]),
) as Readonly<Record<LossName, { readonly loss: Loss } & Pick<LossEntry, "labels">>>;

/** Each optimizer, and whether it searches for its steps, each of which sees all examples. */
export const offeredOptimizers = Object.fromEntries(
  namesOf(optimizers).map((name) => [name, { searches: isMethod(optimizers[name]()) }]),
) as Readonly<Record<OptimizerName, { readonly searches: boolean }>>;

const { stabilityProjection: _, ...weighted } = regularizers;
export type PenaltyName = keyof typeof weighted;
type Weighted = Exclude<Regularizer, { readonly kind: "stabilityProjection" }>;

/** Each regularizer that has a weight, with weight 1. */
export const offeredPenalties = Object.fromEntries(
  namesOf(weighted).map((name) => [name, weighted[name](1)]),
) as Readonly<Record<PenaltyName, Weighted>>;
