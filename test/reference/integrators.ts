import type { Arithmetic } from "./arithmetic.ts";
import type { Dynamics, DynamicsDescription, FirstOrder, Partitioned, SecondOrder } from "./dynamics.ts";
import { implicitStep } from "./implicit-midpoint.ts";
import { axpy, times } from "./vectors.ts";
import type { WeightsAt } from "./weights.ts";

/** One example's initial value problem on the grid t_j = j h. */
export interface Problem<T> {
  readonly a: Arithmetic<T>;
  readonly description: DynamicsDescription;
  readonly weights: WeightsAt<T>;
  readonly y: readonly T[];
  readonly steps: number;
  readonly h: number;
  readonly start: "full" | "half";
}

/** The outputs y_0, …, y_N of one method applied to one kind of dynamics. */
export type Integrator<D extends Dynamics> = <T>(dynamics: D, problem: Problem<T>) => (readonly T[])[];

/** The stages k_i = f(y + h Σ a_ij k_j, θ(t + c_i h)), then y' = y + h Σ b_i k_i. */
function rungeKutta(A: readonly (readonly number[])[], b: readonly number[]): Integrator<FirstOrder> {
  return (dynamics, { a, description, weights, y, steps, h }) => {
    const states = [y];
    for (let j = 0; j < steps; j++) {
      const from = states[j] as typeof y;
      const stages: (typeof y)[] = [];
      for (const row of A) {
        const c = row.reduce((sum, entry) => sum + entry, 0);
        const at = row.reduce((sum, entry, i) => (entry ? axpy(a, sum, h * entry, stages[i] as typeof y) : sum), from);
        stages.push(dynamics.velocity(a, description, weights(j, c), at));
      }
      states.push(b.reduce((sum, entry, i) => axpy(a, sum, h * entry, stages[i] as typeof y), from));
    }
    return states;
  };
}

/** First step Euler, then y_{j+1} = y_{j−1} + 2h f(y_j). */
const leapfrogMidpoint: Integrator<FirstOrder> = (dynamics, { a, description, weights, y, steps, h }) => {
  const states = [y];
  for (let j = 0; j < steps; j++) {
    const f = dynamics.velocity(a, description, weights(j, 0), states[j] as typeof y);
    states.push(j === 0 ? axpy(a, y, h, f) : axpy(a, states[j - 1] as typeof y, 2 * h, f));
  }
  return states;
};

/** y' = y + h f((y + y')/2), θ(t + h/2). */
const implicitMidpoint: Integrator<FirstOrder> = (dynamics, { a, description, weights, y, steps, h }) => {
  const states = [y];
  for (let j = 0; j < steps; j++) {
    const next = implicitStep(
      a,
      (arithmetic, w, u) => dynamics.velocity(arithmetic, description, w, u),
      weights(j, 0.5),
      states[j] as typeof y,
      h,
    );
    states.push(next);
  }
  return states;
};

/** p ← p + h ṗ(q), θ(t_j), then q ← q + h q̇(p), θ(t_j + h/2); Strang closes with half a p-update, θ(t_{j+1}). */
const verlet: Integrator<Partitioned> = (dynamics, { a, description, weights, y, steps, h, start }) => {
  let { p, q } = dynamics.split(a, y);
  const states = [dynamics.output(p, q)];
  for (let j = 0; j < steps; j++) {
    const strang = start === "half" && dynamics.strang;
    const first = start === "half" && (strang || j === 0) ? h / 2 : h;
    p = axpy(a, p, first, dynamics.pDot(a, description, weights(j, 0), q));
    q = axpy(a, q, h, dynamics.qDot(a, description, weights(j, 0.5), p));
    if (strang) p = axpy(a, p, h / 2, dynamics.pDot(a, description, weights(j, 1), q));
    states.push(dynamics.output(p, q));
  }
  return states;
};

/** y_{j+1} = 2 y_j − y_{j−1} + h² f(y_j); full start: y_{−1} = y_0; half start: y_1 = y_0 + h²/2 f(y_0). */
const leapfrog: Integrator<SecondOrder> = (dynamics, { a, description, weights, y, steps, h, start }) => {
  const states = [y];
  for (let j = 0; j < steps; j++) {
    const now = states[j] as typeof y;
    const f = dynamics.acceleration(a, description, weights(j, 0), now);
    const before = states[j - 1] ?? y;
    if (j === 0 && start === "half") states.push(axpy(a, y, (h * h) / 2, f));
    else states.push(axpy(a, axpy(a, times(a, 2, now), -1, before), h * h, f));
  }
  return states;
};

/** Explicit tableaus for ẏ = f(y); `rk3` is Kutta's. */
export const firstOrder: Readonly<Record<string, Integrator<FirstOrder>>> = {
  euler: rungeKutta([[]], [1]),
  midpoint: rungeKutta([[], [1 / 2]], [0, 1]),
  heun: rungeKutta([[], [1]], [1 / 2, 1 / 2]),
  ralston: rungeKutta([[], [2 / 3]], [1 / 4, 3 / 4]),
  rk3: rungeKutta([[], [1 / 2], [-1, 2]], [1 / 6, 2 / 3, 1 / 6]),
  rk4: rungeKutta([[], [1 / 2], [0, 1 / 2], [0, 0, 1]], [1 / 6, 1 / 3, 1 / 3, 1 / 6]),
  leapfrogMidpoint,
  implicitMidpoint,
};
export const partitioned: Readonly<Record<string, Integrator<Partitioned>>> = { verlet };
export const secondOrder: Readonly<Record<string, Integrator<SecondOrder>>> = { leapfrog };

/** Solves with the named method, which must fit the dynamics. */
export function integrate<T>(name: string, dynamics: Dynamics, problem: Problem<T>): (readonly T[])[] {
  const states =
    dynamics.order === "first"
      ? firstOrder[name]?.(dynamics, problem)
      : dynamics.order === "partitioned"
        ? partitioned[name]?.(dynamics, problem)
        : secondOrder[name]?.(dynamics, problem);
  if (!states) throw new Error(`reference: integrator "${name}" does not fit dynamics of order "${dynamics.order}"`);
  return states;
}
