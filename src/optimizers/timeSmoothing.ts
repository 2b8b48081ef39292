/**
 * A preconditioner: M = (α/h) DᵀD + γ I over the sets of every ode layer's parameters, D the differences θ_{j+1} − θ_j; the
 * Hessian of timeSmoothness, shifted. M is tridiagonal in time and the same for every entry, so that z = M⁻¹ r is
 * elimination on whole sets. Other parameters have M = I.
 */
import type { Solve } from "./conjugateGradients.ts";
import type { Problem, TimeStack } from "./method.ts";
import { checkRange } from "./optimizer.ts";

/** Makes z <- M⁻¹ r for a problem. */
export interface Preconditioner {
  readonly kind: string;
  /** What the factory of this kind was given: with it another thread makes the same one. */
  readonly settings?: object;
  /** Its options in one line. */
  readonly options: string;
  begin<V>(problem: Problem<V>): Solve<V>;
}

export interface TimeSmoothingOptions {
  /** α, default that of the model's timeSmoothness. */
  alpha?: number;
  /** γ, default h / 10. */
  shift?: number;
}

export function timeSmoothing({ alpha, shift }: TimeSmoothingOptions = {}): Preconditioner {
  if (alpha !== undefined) checkRange(alpha, "timeSmoothing", "alpha", 0);
  if (shift !== undefined) checkRange(shift, "timeSmoothing", "shift", 1e-30);
  return {
    kind: "timeSmoothing",
    settings: { alpha, shift },
    options: JSON.stringify({ alpha, shift }),
    begin<V>(problem: Problem<V>): Solve<V> {
      const { space, stacks = [] } = problem;
      const solves = stacks.map((stack) => {
        const weight = (alpha ?? stack.smoothness) / stack.spacing;
        return tridiagonal(problem, stack, weight, shift ?? stack.spacing / 10);
      });
      return (z, r) => {
        space.copy(z, r);
        for (const solve of solves) solve(z);
      };
    },
  };
}

/** z <- (c DᵀD + γ I)⁻¹ z by elimination: the matrix has γ + c or γ + 2c on its diagonal and −c beside it. */
function tridiagonal<V>(
  { space }: Problem<V>,
  { first, count, sets }: TimeStack,
  c: number,
  gamma: number,
): (z: V) => void {
  const n = count / sets;
  const pivots: number[] = [];
  for (let j = 0; j < sets; j++) {
    const neighbours = (j > 0 ? 1 : 0) + (j < sets - 1 ? 1 : 0);
    pivots.push(gamma + neighbours * c - (j > 0 ? (c * c) / (pivots[j - 1] as number) : 0));
  }
  return (z) => {
    const set = Array.from({ length: sets }, (_, j) => space.part(z, { first: first + j * n, count: n }));
    for (let j = 1; j < sets; j++) space.axpy(set[j] as V, c / (pivots[j - 1] as number), set[j - 1] as V);
    for (let j = sets - 1; j >= 0; j--) {
      if (j < sets - 1) space.axpy(set[j] as V, c, set[j + 1] as V);
      space.scale(set[j] as V, 1 / (pivots[j] as number));
    }
  };
}
