import { type Arithmetic, numbers } from "./arithmetic.ts";
import { type Dual, dualize, duals } from "./dual.ts";
import type { Weights } from "./dynamics.ts";
import { inverse } from "./solve.ts";
import { axpy, product, times, transpose } from "./vectors.ts";

/** f over any arithmetic. */
export type Velocity = <S>(a: Arithmetic<S>, w: Weights<S>, y: readonly S[]) => S[];

/** u − y − h f((y + u)/2). */
function residual<T>(a: Arithmetic<T>, f: Velocity, w: Weights<T>, y: readonly T[], u: readonly T[], h: number): T[] {
  const middle = times(a, 0.5, axpy(a, y, 1, u));
  return axpy(a, axpy(a, u, -1, y), -h, f(a, w, middle));
}

/** (∂residual/∂u)^{-1}, column by column from duals. */
function inverseJacobian(f: Velocity, w: Weights<number>, y: readonly number[], u: readonly number[], h: number) {
  const lift = (values: readonly number[]): Dual[] => dualize(values);
  const weights = Object.fromEntries(Object.entries(w).map(([letter, values]) => [letter, lift(values)]));
  const columns = u.map((_, c) => {
    const direction = u.map((_, r) => (r === c ? 1 : 0));
    return residual(duals, f, weights, lift(y), dualize(u, direction), h).map((x) => x.tangent);
  });
  return inverse(transpose(columns));
}

const largestOf = (r: readonly number[]) => Math.max(...r.map(Math.abs));

/** Solves y' = y + h f((y + y')/2) on plain numbers: Newton, its step halved while the residual would grow. */
function solve(f: Velocity, w: Weights<number>, y: readonly number[], h: number) {
  let u = y;
  let r = residual(numbers, f, w, y, u, h);
  let M = inverseJacobian(f, w, y, u, h);
  for (let k = 0; k < 200 && largestOf(r) > 0; k++) {
    const step = product(numbers, M, r);
    let damping = 1;
    let next = axpy(numbers, u, -damping, step);
    while (largestOf(residual(numbers, f, w, y, next, h)) >= largestOf(r) && damping > 1e-3) {
      damping /= 2;
      next = axpy(numbers, u, -damping, step);
    }
    if (largestOf(residual(numbers, f, w, y, next, h)) >= largestOf(r)) break;
    u = next;
    r = residual(numbers, f, w, y, u, h);
    M = inverseJacobian(f, w, y, u, h);
  }
  const bound = 1e-13 * (1 + largestOf(y));
  if (largestOf(r) > bound) throw new Error(`reference: implicit midpoint left a residual of ${largestOf(r)}`);
  return { u, M };
}

/**
 * y' = y + h f((y + y')/2). The solution on plain numbers, then Newton steps over T with the Jacobian M held fixed:
 * each one makes one more order of derivative exact, which is the implicit function theorem dy' = −M^{-1} ∂r.
 */
export function implicitStep<T>(a: Arithmetic<T>, f: Velocity, w: Weights<T>, y: readonly T[], h: number): T[] {
  const weights = Object.fromEntries(Object.entries(w).map(([letter, values]) => [letter, values.map(a.value)]));
  const { u, M } = solve(f, weights, y.map(a.value), h);
  const fixed = M.map((row) => row.map(a.constant));
  let solution = u.map(a.constant);
  for (let k = 0; k < 2; k++) {
    solution = axpy(a, solution, -1, product(a, fixed, residual(a, f, w, y, solution, h)));
  }
  return solution;
}
