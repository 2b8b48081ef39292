/**
 * Strang's step S of verlet three times, S(w₁h) S(w₀h) S(w₁h), w₁ = 1 / (2 − 2^⅓), w₀ = 1 − 2w₁ = −2^⅓ w₁: order 4 for q̇ = f(p),
 * ṗ = g(q) (Yoshida 1990; Forest & Ruth 1990). Neighbouring half updates of p are one. Symplectic and reversible. The second
 * step goes back in time: weights are those of the sub-steps' times, from −0.35 h to 1.35 h, extended in a straight line.
 * Test equation ÿ = λ² y: ρ² − tr(z) ρ + 1, tr the trace of the composition; stable up to 1.57 on the imaginary axis.
 */

import { times } from "../core/recording/field.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import { combine } from "../operations/combine.ts";
import { add, type Complex, largestRoot, multiply, ONE, scale } from "./complex.ts";
import type { Integrator, StepContext } from "./integrator.ts";

type State = [p: Tensor, q: Tensor];

const CUBE_ROOT = 1.2599210498948732; // of 2
const W1 = 1 / (2 - CUBE_ROOT);
const W0 = 1 - 2 * W1;

/** Which variable is updated, by which share of h, with the field at which fraction of the step. */
const updates: readonly (readonly ["p" | "q", share: number, c: number])[] = [
  ["p", W1 / 2, 0],
  ["q", W1, W1 / 2],
  ["p", (W1 + W0) / 2, W1],
  ["q", W0, 0.5],
  ["p", (W0 + W1) / 2, W1 + W0],
  ["q", W1, 1 - W1 / 2],
  ["p", W1 / 2, 1],
];

function update(
  { record, field, h }: StepContext<"partitioned">,
  [p, q]: State,
  [variable, share, c]: (typeof updates)[number],
  sign = 1,
): State {
  return variable === "p"
    ? [combine(record, [[1, p], times(sign * share * h, field.first(q, c))]), q]
    : [p, combine(record, [[1, q], times(sign * share * h, field.second(p, c))])];
}

/** (p, q) after a step of ṗ = λ q, q̇ = λ p. */
function linearStep(z: Complex, state: readonly [Complex, Complex]): readonly [Complex, Complex] {
  return updates.reduce<readonly [Complex, Complex]>(
    ([p, q], [variable, share]) =>
      variable === "p" ? [add(p, multiply(scale(share, z), q)), q] : [p, add(q, multiply(scale(share, z), p))],
    state,
  );
}

const ZERO: Complex = scale(0, ONE);

export const yoshida4: Integrator<"partitioned", State> = {
  name: "yoshida4",
  field: "partitioned",
  order: () => 4,
  amplification(z) {
    const [p] = linearStep(z, [ONE, ZERO]);
    const [, q] = linearStep(z, [ZERO, ONE]);
    return largestRoot(scale(-1, add(p, q)), ONE);
  },
  begin: ({ field }, y) => field.split(y),
  step: (context, state) => updates.reduce((now, one) => update(context, now, one), state),
  inverse: (context, state) => updates.reduceRight((now, one) => update(context, now, one, -1), state),
  features: ({ field }, [p, q]) => field.join(p, q),
};
