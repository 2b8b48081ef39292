/**
 * x <- x + μ s with H s ≈ −∇f by conjugate gradients. H: Gauss–Newton, its diagonal blocks, or exact. μ: Armijo's rule,
 * simple decrease with μ carried over from step to step, or Steihaug's trust region.
 */
import { OdenetError } from "../core/errors.ts";
import { conjugateGradients, type Solve, type Work } from "./conjugateGradients.ts";
import { endAtStart, ended, noDescent } from "./endings.ts";
import { decreases, lineOf } from "./line.ts";
import { type HessianKind, type Iteration, type Method, norm, type Problem } from "./method.ts";
import { checkRange } from "./optimizer.ts";
import type { Preconditioner } from "./timeSmoothing.ts";

export interface NewtonOptions {
  /** Default `"gaussNewton"`. `"blockGaussNewton"`: block-diagonal, the classifier's parameters and all others. */
  hessian?: HessianKind;
  /** Default `"armijo"`. `"decrease"`: any smaller value; μ halved until then, and half as large again after a first success. */
  lineSearch?: "armijo" | "decrease" | "trustRegion";
  /** Conjugate gradients end where the residual has fallen by this factor, default 1e-2. */
  cgTolerance?: number;
  /** Conjugate gradients at most in each step, default 10. */
  cgIterations?: number;
  /** Default none. */
  preconditioner?: Preconditioner;
  /** Trials of a line search, default 10 for decrease, 30 for armijo. */
  trials?: number;
  /** First radius of the trust region, default 1. */
  radius?: number;
  /** Ends where ‖∇f‖ is at most this, default 1e-9. */
  tolerance?: number;
  /** Iterations unless `epochs` says another number, default 50. */
  iterations?: number;
}

/** The options with their defaults. */
export interface NewtonSettings {
  readonly hessian: HessianKind;
  readonly lineSearch: "armijo" | "decrease" | "trustRegion";
  readonly cgTolerance: number;
  readonly cgIterations: number;
  readonly preconditioner: Preconditioner | undefined;
  readonly trials: number;
  readonly radius: number;
  readonly tolerance: number;
  readonly iterations: number;
}

const hessians: readonly HessianKind[] = ["gaussNewton", "blockGaussNewton", "exact"];
const searches = ["armijo", "decrease", "trustRegion"] as const;
const ARMIJO = 1e-4;
/** Vectors of one Newton step: g, base, ahead, and those of the conjugate gradients. */
export const NEWTON_SCRATCH = 9;

/** Throws `option`. */
export function newtonSettings(options: NewtonOptions, where: string): NewtonSettings {
  const { hessian = "gaussNewton", lineSearch = "armijo", cgTolerance = 1e-2, cgIterations = 10 } = options;
  const { preconditioner, radius = 1, tolerance = 1e-9, iterations = 50 } = options;
  const { trials = lineSearch === "decrease" ? 10 : 30 } = options;
  const among = (value: string, members: readonly string[], what: string) => {
    if (members.includes(value)) return;
    throw new OdenetError(
      "option",
      `${where}: expected ${what} to be one of ${members.join(", ")}, got ${String(value)}.`,
    );
  };
  among(hessian, hessians, "hessian");
  among(lineSearch, searches, "lineSearch");
  checkRange(cgTolerance, where, "cgTolerance", 0, 1);
  checkRange(cgIterations, where, "cgIterations", 1);
  checkRange(trials, where, "trials", 1);
  checkRange(radius, where, "radius", 1e-30);
  checkRange(tolerance, where, "tolerance", 0);
  checkRange(iterations, where, "iterations", 1);
  if (preconditioner !== undefined && typeof preconditioner?.begin !== "function") {
    throw new OdenetError(
      "option",
      `${where}: expected a preconditioner such as timeSmoothing(), got ${String(preconditioner)}.`,
    );
  }
  return { hessian, lineSearch, cgTolerance, cgIterations, preconditioner, trials, radius, tolerance, iterations };
}

/** What decides the bits of a run, in one line. */
export function newtonText({ preconditioner, ...numbers }: NewtonSettings): string {
  return JSON.stringify({
    ...numbers,
    preconditioner: preconditioner && `${preconditioner.kind} ${preconditioner.options}`,
  });
}

export function newtonCG(options: NewtonOptions = {}): Method {
  const settings = newtonSettings(options, "newtonCG");
  return {
    kind: "newtonCG",
    settings: options,
    method: true,
    options: newtonText(settings),
    miniBatch: true,
    constraints: false,
    states: 0,
    scratch: NEWTON_SCRATCH,
    memory: newtonMemory(settings),
    iterations: settings.iterations,
    begin: (problem, _states, scratch, memory) => newtonStep(problem, settings, scratch, memory),
  };
}

/** μ, or the radius. */
export function newtonMemory({ lineSearch, radius }: NewtonSettings): number[] {
  return [lineSearch === "trustRegion" ? radius : 1];
}

/** One Newton step of a problem, as a function. */
export function newtonStep<V>(
  problem: Problem<V>,
  settings: NewtonSettings,
  scratch: readonly V[],
  memory: number[],
): () => Iteration {
  const [g, base, ahead, ...work] = scratch as readonly [V, V, V, ...Work<V>];
  const s = work[0];
  const { space, x } = problem;
  const { hessian, lineSearch, cgTolerance, cgIterations } = settings;
  const solve: Solve<V> | undefined = settings.preconditioner?.begin(problem);
  return () => {
    const value = problem.gradient(g);
    const gradientNorm = norm(space, g);
    const start = { value, gradientNorm };
    const end = endAtStart(start, settings.tolerance);
    if (end) return ended(start, end);
    const trust = lineSearch === "trustRegion";
    const product = (into: V, v: V) => problem.product(hessian, into, v);
    const system = { space, product, gradient: g, solve, tolerance: cgTolerance, iterations: cgIterations };
    const solution = conjugateGradients({ ...system, radius: trust ? (memory[0] as number) : undefined }, work);
    const cg = { cgIterations: solution.iterations, ...noteOf(solution.negativeCurvature, trust) };
    space.copy(base, x);
    if (trust) return { ...trustRegion(problem, settings, start, solution, scratch, memory, product), ...cg };

    let slope = space.dot(g, s);
    // Without a direction from conjugate gradients, steepest descent.
    if (norm(space, s) === 0) {
      space.copy(s, g);
      space.scale(s, -1 / gradientNorm);
      slope = -gradientNorm;
    } else if (slope > 0) {
      space.copy(s, g);
      space.scale(s, -1);
      slope = -gradientNorm * gradientNorm;
    }
    const line = lineOf(problem, base, s, ahead, value, slope);
    let mu = lineSearch === "decrease" ? (memory[0] as number) : 1;
    for (let failed = 0; failed < settings.trials; failed++, mu /= 2) {
      const tried = line.at(mu);
      const good =
        lineSearch === "decrease" ? tried < value : Number.isFinite(tried) && decreases(line, mu, 1, tried, ARMIJO);
      if (!good) continue;
      memory[0] = failed === 0 ? Math.min(1.5 * mu, 1) : mu;
      return { ...start, stepSize: mu, evaluations: line.evaluations + 1, ...cg };
    }
    space.copy(x, base);
    return ended(start, noDescent(problem, start, slope), { evaluations: line.evaluations + 1, ...cg });
  };
}

function noteOf(negative: boolean, trust: boolean): { note: string } | undefined {
  if (!negative) return undefined;
  const then = trust ? "the step goes to the edge of the trust region" : "conjugate gradients ended there";
  return { note: `the Hessian is not positive definite: ${then}` };
}

/** Accepts s if f falls by a tenth of what the model promises; the radius follows how well it does (Nocedal & Wright, 4.1). */
function trustRegion<V>(
  problem: Problem<V>,
  settings: NewtonSettings,
  start: { value: number; gradientNorm: number },
  { atRadius, length }: { atRadius: boolean; length: number },
  scratch: readonly V[],
  memory: number[],
  product: (into: V, v: V) => void,
): Iteration {
  const { space, x } = problem;
  const [g, base, ahead, s] = scratch as readonly [V, V, V, V];
  product(ahead, s);
  const slope = space.dot(g, s);
  const promised = -slope - 0.5 * space.dot(s, ahead);
  space.axpy(x, 1, s);
  const tried = problem.value();
  const fallen = start.value - tried;
  const lost = Math.abs(fallen) <= problem.roundoff * Math.abs(start.value);
  const ratio = fallen / promised;
  if (lost && promised > 0) {
    // Below the precision of f the gradient decides.
    problem.gradient(ahead);
    if (norm(space, ahead) < start.gradientNorm) return { ...start, stepSize: length, evaluations: 3 };
    space.copy(x, base);
    return ended(start, noDescent(problem, start, slope), { evaluations: 3 });
  }
  if (!(ratio >= 0.25)) memory[0] = length / 4;
  else if (ratio > 0.75 && atRadius) memory[0] = 2 * (memory[0] as number);
  if (ratio > 0.1) return { ...start, stepSize: length, evaluations: 2 };
  space.copy(x, base);
  if ((memory[0] as number) < 1e-12 * settings.radius)
    return ended(start, noDescent(problem, start, slope), { evaluations: 2 });
  return {
    ...start,
    stepSize: 0,
    evaluations: 2,
    note: `no step: the trust region shrinks to ${(memory[0] as number).toExponential(1)}`,
  };
}
