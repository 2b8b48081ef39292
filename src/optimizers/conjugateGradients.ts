/**
 * H s = −g by preconditioned conjugate gradients (Hestenes & Stiefel; Steihaug 1983 with a radius). What comes back is the
 * iterate with the smallest residual: the residuals of conjugate gradients need not fall.
 */
import type { Space } from "./method.ts";

/** Solves with an approximation of H: z <- M⁻¹ r. M is symmetric and positive definite. */
export type Solve<V> = (z: V, r: V) => void;

export interface LinearSystem<V> {
  readonly space: Space<V>;
  /** into <- H v. */
  product(into: V, v: V): void;
  readonly gradient: V;
  readonly solve: Solve<V> | undefined;
  /** Ends where ‖H s + g‖ ≤ tolerance ‖g‖. */
  readonly tolerance: number;
  readonly iterations: number;
  /** ‖s‖_M stays within this. */
  readonly radius?: number | undefined;
}

/** Six vectors: the solution and what is needed on the way. */
export type Work<V> = readonly [s: V, r: V, z: V, p: V, hp: V, best: V];

export interface Solution {
  readonly iterations: number;
  /** A direction p with pᵀHp ≤ 0 was met. */
  readonly negativeCurvature: boolean;
  /** ‖s‖_M = radius. */
  readonly atRadius: boolean;
  /** ‖s‖_M. */
  readonly length: number;
}

/** Solves into work[0]; 0 where no iterate has a smaller residual. */
export function conjugateGradients<V>(system: LinearSystem<V>, [s, r, z, p, hp, best]: Work<V>): Solution {
  const { space, gradient, solve, tolerance, radius } = system;
  space.scale(s, 0);
  space.scale(best, 0);
  space.copy(r, gradient);
  space.scale(r, -1);
  const precondition = () => {
    if (solve) solve(z, r);
    else space.copy(z, r);
  };
  precondition();
  space.copy(p, z);
  let rz = space.dot(r, z);
  const first = Math.sqrt(space.dot(r, r));
  let least = first;
  let isBest = true;
  // ‖s‖², sᵀp and ‖p‖² in the norm of M, by recurrences.
  let ss = 0;
  let sp = 0;
  let pp = rz;
  const done = (iterations: number, more: Partial<Solution> = {}): Solution => {
    if (!isBest && radius === undefined) space.copy(s, best);
    return { iterations, negativeCurvature: false, atRadius: false, length: Math.sqrt(ss), ...more };
  };
  for (let k = 0; k < system.iterations; k++) {
    if (!(rz > 0)) return done(k);
    system.product(hp, p);
    const curvature = space.dot(p, hp);
    if (!(curvature > 0)) {
      if (radius === undefined) return done(k + 1, { negativeCurvature: true });
      space.axpy(s, toRadius(ss, sp, pp, radius), p);
      return done(k + 1, { negativeCurvature: true, atRadius: true, length: radius });
    }
    const alpha = rz / curvature;
    const next = ss + 2 * alpha * sp + alpha * alpha * pp;
    if (radius !== undefined && next >= radius * radius) {
      space.axpy(s, toRadius(ss, sp, pp, radius), p);
      return done(k + 1, { atRadius: true, length: radius });
    }
    space.axpy(s, alpha, p);
    space.axpy(r, -alpha, hp);
    const residual = Math.sqrt(space.dot(r, r));
    if (!Number.isFinite(residual)) return done(k + 1);
    isBest = residual < least;
    if (isBest) {
      least = residual;
      space.copy(best, s);
    }
    if (residual <= tolerance * first) {
      ss = next;
      return done(k + 1);
    }
    precondition();
    const before = rz;
    rz = space.dot(r, z);
    const beta = rz / before;
    sp = beta * (sp + alpha * pp);
    pp = rz + beta * beta * pp;
    ss = next;
    space.scale(p, beta);
    space.axpy(p, 1, z);
  }
  return done(system.iterations);
}

/** The τ ≥ 0 with ‖s + τ p‖_M = radius. */
function toRadius(ss: number, sp: number, pp: number, radius: number): number {
  const rest = radius * radius - ss;
  return rest / (sp + Math.sqrt(sp * sp + pp * rest));
}
