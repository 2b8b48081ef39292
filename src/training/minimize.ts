/** min f(x) over plain arrays with any optimizer: the methods as they are, the updates replayed in wasm. */
import { OdenetError } from "../core/errors.ts";
import { checkWhole, show } from "../layers/shape.ts";
import { arrays } from "../optimizers/arrays.ts";
import { adam, type Optimizer } from "../optimizers/index.ts";
import { type Block, type Inner, isMethod, type Method, type Problem } from "../optimizers/method.ts";
import { updateOf } from "./update.ts";

type Numbers = Float64Array<ArrayBuffer>;

/** f as plain functions of x. Do not keep or change the arrays you are given. */
export interface PlainFunction {
  value(x: Float64Array): number;
  /** ∇f(x). */
  gradient(x: Float64Array): ArrayLike<number> | { readonly gradient: ArrayLike<number> };
  /** H(x) v. Without it, newtonCG takes differences of gradients. */
  hessianVector?(x: Float64Array, v: Float64Array): ArrayLike<number>;
  /** A positive semidefinite approximation of H(x) times v, for `hessian: "gaussNewton"`; default: `hessianVector`. */
  gaussNewton?(x: Float64Array, v: Float64Array): ArrayLike<number>;
  /** Variables in which f is convex, for `variableProjection`. */
  readonly eliminate?: Block;
}

export interface MinimizeOptions {
  /** Default `adam({ learningRate: 1e-3 })`. */
  optimizer?: Optimizer;
  /** At most; default the method's own, 10,000 for updates such as adam. */
  iterations?: number;
  /** Updates such as adam end where ‖∇f‖ is at most this, default 1e-9. Methods have their own. */
  tolerance?: number;
  /** Called after every iteration. */
  onStep?: (step: MinimizeStep) => void;
}

export interface MinimizeStep {
  /** From 1. */
  readonly iteration: number;
  /** Before the step. */
  readonly value: number;
  readonly gradientNorm: number;
  readonly stepSize: number;
  readonly evaluations: number;
  readonly cgIterations?: number;
  readonly note?: string;
}

export interface Minimum {
  readonly x: Numbers;
  readonly value: number;
  readonly gradientNorm: number;
  readonly iterations: number;
  /** Of f, with and without gradient, in all. */
  readonly evaluations: number;
  readonly status: "converged" | "finished" | "stopped" | "diverged";
  /** Why it ended, in words. */
  readonly reason: string;
  readonly history: readonly MinimizeStep[];
}

/**
 * Minimizes f from x0. Throws `value` for a start that is not finite, `option` for what is missing. Divergence is not an
 * error: x is the last finite one.
 *
 * @example
 * const { x, reason } = minimize({ value: (x) => x[0] ** 2, gradient: (x) => [2 * x[0]] }, [3], { optimizer: lbfgs() });
 */
export function minimize(f: PlainFunction, x0: ArrayLike<number>, options: MinimizeOptions = {}): Minimum {
  const { optimizer = adam(), tolerance = 1e-9, onStep } = options;
  check(f, x0);
  const method = isMethod(optimizer) ? optimizer : undefined;
  const { iterations = method?.iterations ?? 10_000 } = options;
  checkWhole(iterations, "minimize", "iterations", 0);
  const x = Float64Array.from(x0);
  const problem = problemOf(f, x);
  const refused = method?.refuses?.(problem);
  if (refused) throw refused;
  const step = method
    ? methodStep(method, problem)
    : updateOf(optimizer as Exclude<Optimizer, Method>, problem, tolerance);
  const history: MinimizeStep[] = [];
  const before = x.slice();
  let evaluations = 0;
  const result = (status: Minimum["status"], reason: string): Minimum => {
    const g = new Float64Array(x.length);
    const value = problem.gradient(g);
    return {
      x,
      value,
      gradientNorm: Math.sqrt(arrays.dot(g, g)),
      iterations: history.length,
      evaluations,
      status,
      reason,
      history,
    };
  };
  for (let iteration = 1; iteration <= iterations; iteration++) {
    const kept = x.slice();
    const { end, ...report } = step();
    evaluations += report.evaluations;
    if (end) {
      if (end.status !== "diverged") return result(end.status, end.reason);
      x.set(before);
      const reason =
        iteration === 1
          ? `at the start, ${end.reason}`
          : `${end.reason} in iteration ${iteration}; x is that of the iteration before`;
      return result("diverged", reason);
    }
    before.set(kept);
    const entry = { iteration, ...report };
    history.push(entry);
    onStep?.(entry);
    if (!x.every(Number.isFinite)) {
      x.set(before);
      return result("diverged", `iteration ${iteration} made x infinite; x is that before it. Take a smaller step.`);
    }
  }
  return result("finished", `${iterations} iterations done`);
}

function check(f: PlainFunction, x0: ArrayLike<number>): void {
  if (typeof f?.value !== "function" || typeof f?.gradient !== "function") {
    throw new OdenetError(
      "option",
      `minimize: expected f as { value, gradient }, got ${show(f)}. Pass two functions of x.`,
    );
  }
  if (!(typeof x0 === "object" && x0 !== null && x0.length > 0)) {
    throw new OdenetError("length", `minimize: expected a start of at least one number, got ${show(x0)}.`);
  }
  for (let i = 0; i < x0.length; i++) {
    if (Number.isFinite(x0[i])) continue;
    throw new OdenetError("value", `minimize: expected a finite start, got ${String(x0[i])} at index ${i}.`);
  }
}

function methodStep(method: Method, problem: Problem<Numbers>) {
  const vectors = (count: number) => Array.from({ length: count }, () => new Float64Array(problem.x.length));
  return method.begin(problem, vectors(method.states), vectors(method.scratch), [...method.memory]);
}

const ROUNDOFF = 1e-14;

function problemOf(f: PlainFunction, x: Numbers): Problem<Numbers> {
  const n = x.length;
  const fill = (into: Numbers, values: ArrayLike<number>, what: string) => {
    if (values?.length !== n) {
      throw new OdenetError(
        "length",
        `minimize: expected ${what} to give ${n} numbers, got ${show(values?.length ?? values)}.`,
      );
    }
    into.set(values);
  };
  const gradientInto = (into: Numbers) => {
    const got = f.gradient(x);
    fill(into, "gradient" in got ? got.gradient : got, "gradient");
  };
  const problem: Problem<Numbers> = {
    space: arrays as Problem<Numbers>["space"],
    x,
    roundoff: ROUNDOFF,
    value: () => f.value(x),
    gradient(into) {
      gradientInto(into);
      return f.value(x);
    },
    product(kind, into, v) {
      const given = kind === "exact" ? f.hessianVector : (f.gaussNewton ?? f.hessianVector);
      if (given) return fill(into, given.call(f, x, v), kind === "exact" ? "hessianVector" : "gaussNewton");
      differences(gradientInto, x, into, v);
    },
    ...(f.eliminate ? { inner: innerOf(f, x, f.eliminate) } : {}),
  };
  return problem;
}

/** into <- (∇f(x + e v) − ∇f(x − e v)) / 2e. */
function differences(gradientInto: (into: Numbers) => void, x: Numbers, into: Numbers, v: Numbers): void {
  const size = Math.sqrt(arrays.dot(v, v));
  const e = size > 0 ? (6e-6 * Math.max(1, Math.sqrt(arrays.dot(x, x)))) / size : 1;
  const kept = x.slice();
  const behind = new Float64Array(x.length);
  arrays.axpy(x, -e, v);
  gradientInto(behind);
  x.set(kept);
  arrays.axpy(x, e, v);
  gradientInto(into);
  x.set(kept);
  arrays.axpy(into, -1, behind);
  arrays.scale(into, 1 / (2 * e));
}

function innerOf(f: PlainFunction, x: Numbers, eliminated: Block): Inner<Numbers> {
  const { first, count } = eliminated;
  if (!(Number.isInteger(first) && Number.isInteger(count) && first >= 0 && count > 0 && first + count <= x.length)) {
    throw new OdenetError(
      "option",
      `minimize: expected f.eliminate as { first, count } within ${x.length} variables, got ${show(eliminated)}.`,
    );
  }
  const { inner: _, ...whole } = problemOf({ ...bound(f) }, x);
  const long = new Float64Array(x.length);
  const result = new Float64Array(x.length);
  return {
    eliminated,
    freeze() {},
    problem: {
      ...whole,
      x: x.subarray(first, first + count),
      gradient(into) {
        const value = whole.gradient(result);
        into.set(result.subarray(first, first + count));
        return value;
      },
      product(kind, into, v) {
        long.fill(0);
        long.set(v, first);
        whole.product(kind, result, long);
        into.set(result.subarray(first, first + count));
      },
    },
  };
}

/** f's functions without what it eliminates. */
function bound(f: PlainFunction): PlainFunction {
  return {
    value: (x) => f.value(x),
    gradient: (x) => f.gradient(x),
    ...(f.hessianVector ? { hessianVector: (x: Float64Array, v: Float64Array) => f.hessianVector?.(x, v) ?? [] } : {}),
    ...(f.gaussNewton ? { gaussNewton: (x: Float64Array, v: Float64Array) => f.gaussNewton?.(x, v) ?? [] } : {}),
  };
}
