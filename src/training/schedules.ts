/** Learning rates over the course of training: η(t) for t = iteration / (total − 1) in [0, 1]. */

import { OdenetError } from "../core/errors.ts";
import { nth } from "../core/nth.ts";
import { cos, pow } from "../core/scalar.ts";
import { show } from "../layers/shape.ts";

/** A schedule as data: `rate(t)` multiplies the optimizer's learning rate. */
export interface Schedule {
  readonly kind: string;
  /** What the factory of this kind was given: with it another thread makes the same one. */
  readonly settings?: object;
  /** Factor at the fraction `t` of training, in [0, 1]. */
  rate(t: number): number;
}

function fail(where: string, expected: string, got: unknown): never {
  throw new OdenetError("option", `${where}: expected ${expected}, got ${show(got)}. Leave it out for the default.`);
}

/** η(t) = η. */
export function constant(): Schedule {
  return { kind: "constant", settings: {}, rate: () => 1 };
}

/** η(t) = η (m + (1 − m) (1 + cos π t) / 2): from η to m η (Loshchilov & Hutter 2017, eq. 5). `minimum` m, default 0. */
export function cosine({ minimum = 0 }: { minimum?: number } = {}): Schedule {
  if (!(minimum >= 0 && minimum <= 1)) fail("cosine", "minimum to be a share from 0 to 1", minimum);
  return { kind: "cosine", settings: { minimum }, rate: (t) => minimum + ((1 - minimum) * (1 + cos(Math.PI * t))) / 2 };
}

/**
 * η(t) = η fᵏ, k the number of milestones at or before t: as He et al. (2016) divide by 10 after half and three quarters
 * of training. `factor` f, default 0.1; `at`, default [0.5, 0.75], shares of the training from 0 to 1 in rising order.
 */
export function step({ factor = 0.1, at = [0.5, 0.75] }: { factor?: number; at?: readonly number[] } = {}): Schedule {
  if (!(factor > 0 && factor < Number.POSITIVE_INFINITY)) fail("step", "factor to be a positive number", factor);
  const rising = Array.isArray(at) && at.every((t, k) => t >= 0 && t <= 1 && (k === 0 || t > nth(at, k - 1)));
  if (!rising) fail("step", "at to be rising shares of the training from 0 to 1, as [0.5, 0.75]", at);
  const milestones = [...at];
  return {
    kind: "step",
    settings: { factor, at: milestones },
    rate: (t) => milestones.reduce((rate, milestone) => (t >= milestone ? rate * factor : rate), 1),
  };
}

/** η(t) = η mᵗ: from η to m η, by the same factor in every step. `final` m, default 0.01. */
export function exponential({ final = 0.01 }: { final?: number } = {}): Schedule {
  if (!(final > 0 && final < Number.POSITIVE_INFINITY)) fail("exponential", "final to be a positive number", final);
  return { kind: "exponential", settings: { final }, rate: (t) => pow(final, t) };
}

export const schedules = { constant, step, cosine, exponential };
