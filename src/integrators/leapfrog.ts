/**
 * Leapfrog for ÿ = f(y): y_{j+1} = 2 y_j − y_{j−1} + h² f(y_j), in summed form d' = d + h² f(y), y' = y + d', which is
 * the same in exact arithmetic with far less round-off (Hairer, Lubich & Wanner 2006, VIII.5).
 *
 * start "full" (the course's): y_{−1} = y_0, the velocity lives half a step early, order 1. start "half":
 * y_1 = y_0 + h²/2 f(y_0), order 2. ρ² − (2 + z²)ρ + 1: stable on (−2i, 2i). Reversible step by step.
 */

import { times } from "../core/recording/field.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import { combine } from "../operations/combine.ts";
import { zero } from "../operations/fill.ts";
import { add, largestRoot, multiply, ONE, scale } from "./complex.ts";
import type { Integrator, StepContext } from "./integrator.ts";

type State = [d: Tensor, y: Tensor];

function kick({ record, field, h }: StepContext<"secondOrder">, [d, y]: State, factor: number): Tensor {
  return combine(record, [[1, d], times(factor * h * h, field.acceleration(y, 0))]);
}

function drift({ record }: StepContext<"secondOrder">, [d, y]: State, sign: number): Tensor {
  return combine(record, [
    [1, y],
    [sign, d],
  ]);
}

export const leapfrog: Integrator<"secondOrder", State> = {
  name: "leapfrog",
  field: "secondOrder",
  usual: true,
  order: (start = "full") => (start === "half" ? 2 : 1),
  amplification: (z) => largestRoot(scale(-1, add(scale(2, ONE), multiply(z, z))), ONE),
  begin: ({ record }, y) => [zero(record, y), y],
  first: {
    applies: ({ start }) => start === "half",
    step(context, [d, y]) {
      const next = kick(context, [d, y], 0.5);
      return [next, drift(context, [next, y], 1)];
    },
  },
  step(context, [d, y]) {
    const next = kick(context, [d, y], 1);
    return [next, drift(context, [next, y], 1)];
  },
  inverse(context, [d, y]) {
    const before = drift(context, [d, y], -1);
    return [kick(context, [d, before], -1), before];
  },
  lives: ({ start }, initial) => (start === "half" && initial ? [0, 0] : [-0.5, 0]),
  features: (_context, [, y]) => y,
};
