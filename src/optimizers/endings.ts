/** The reasons for which a method ends, in words. */
import type { Ending, Iteration, Problem } from "./method.ts";

/** Digits enough to read. */
const short = (x: number): string => x.toExponential(1);

interface Start {
  readonly value: number;
  readonly gradientNorm: number;
}

/** Whether the start of an iteration is already its end: not finite, or a gradient that is small enough. */
export function endAtStart({ value, gradientNorm }: Start, tolerance: number): Ending | undefined {
  if (!Number.isFinite(value) || !Number.isFinite(gradientNorm)) {
    return { status: "diverged", reason: `the objective is ${value} with the gradient norm ${gradientNorm}` };
  }
  if (gradientNorm <= tolerance) {
    return {
      status: "converged",
      reason: `converged: the gradient norm ${short(gradientNorm)} is at most ${short(tolerance)}`,
    };
  }
  return undefined;
}

/** A search without a step: at the objective's precision that is convergence, elsewhere something is wrong. */
export function noDescent(problem: Problem<unknown>, { value, gradientNorm }: Start, slope: number): Ending {
  const predicted = Math.abs(slope);
  if (predicted <= 100 * problem.roundoff * Math.max(Math.abs(value), problem.roundoff)) {
    return {
      status: "converged",
      reason: `converged to round-off: a step can lower the objective ${value} by no more than ${short(predicted)}; the gradient norm is ${short(gradientNorm)}`,
    };
  }
  return {
    status: "stopped",
    reason: `the line search found no descent from the objective ${value} although its slope is ${short(slope)}: round-off, or a gradient that does not fit the values. θ is kept`,
  };
}

/** An iteration that only ends. */
export function ended(start: Start, end: Ending, rest: Partial<Iteration> = {}): Iteration {
  return { ...start, stepSize: 0, evaluations: 1, ...rest, end };
}
