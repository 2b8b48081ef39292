/**
 * Symplectic Euler for q̇ = f(p), ṗ = g(q): p' = p + h g(q, t_j), then q' = q + h f(p', t_j + h/2).
 *
 * start "full" (the course's) lets p live half a step early: order 1 in q. start "half" takes h/2 in the first p-update,
 * which makes it Störmer–Verlet: order 2 in q; for doubleHamiltonian, whose output contains p, every step is Strang's:
 * p half, q full, p half. Test equation ÿ = λ² y: ρ² − (2 + z²)ρ + 1, stable on (−2i, 2i). Reversible step by step.
 * (Hairer, Lubich & Wanner 2003; Haber & Ruthotto 2017, section 3.3.)
 */

import { times } from "../core/recording/field.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import { combine } from "../operations/combine.ts";
import { add, largestRoot, multiply, ONE, scale } from "./complex.ts";
import type { Integrator, StepContext } from "./integrator.ts";

type Context = StepContext<"partitioned">;
type State = [p: Tensor, q: Tensor];

const updateP = ({ record, field }: Context, [p, q]: State, h: number, c: number): Tensor =>
  combine(record, [[1, p], times(h, field.first(q, c))]);

const updateQ = ({ record, field, h }: Context, [p, q]: State, sign: number): Tensor =>
  combine(record, [[1, q], times(sign * h, field.second(p, 0.5))]);

/** Whether this step is p half, q full, p half. */
const isStrang = ({ field, start }: Context): boolean => start === "half" && field.strang;

export const verlet: Integrator<"partitioned", State> = {
  name: "verlet",
  field: "partitioned",
  usual: true,
  order: (start = "full") => (start === "half" ? 2 : 1),
  amplification: (z) => largestRoot(scale(-1, add(scale(2, ONE), multiply(z, z))), ONE),
  begin: ({ field }, y) => field.split(y),
  first: {
    applies: (context) => context.start === "half" && !isStrang(context),
    step(context, [p, q]) {
      const half = updateP(context, [p, q], context.h / 2, 0);
      return [half, updateQ(context, [half, q], 1)];
    },
  },
  step(context, [p, q]) {
    const strang = isStrang(context);
    const { h } = context;
    const next = updateP(context, [p, q], strang ? h / 2 : h, 0);
    const moved = updateQ(context, [next, q], 1);
    return strang ? [updateP(context, [next, moved], h / 2, 1), moved] : [next, moved];
  },
  inverse(context, [p, q]) {
    const strang = isStrang(context);
    const { h } = context;
    const middle = strang ? updateP(context, [p, q], -h / 2, 1) : p;
    const before = updateQ(context, [middle, q], -1);
    return [updateP(context, [middle, before], strang ? -h / 2 : -h, 0), before];
  },
  lives: (context, initial) => (context.start === "half" && (initial || isStrang(context)) ? [0, 0] : [-0.5, 0]),
  features: ({ field }, [p, q]) => field.join(p, q),
};
