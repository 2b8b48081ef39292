/**
 * A method with its own logic: it sees a problem, x in a space of vectors, and moves x step by step. The vectors may be
 * θ-long ones in wasm or plain arrays; the logic is the same.
 */
import type { OdenetError } from "../core/errors.ts";
import type { Rule } from "../core/registry.ts";

/** Numbers [first, first + count) of a vector. */
export interface Block {
  readonly first: number;
  readonly count: number;
}

/** Vectors V and what can be done with them. */
export interface Space<V> {
  /** xᵀ y, in double precision. */
  dot(x: V, y: V): number;
  /** y <- y + a x. */
  axpy(y: V, a: number, x: V): void;
  /** y <- a y. */
  scale(y: V, a: number): void;
  /** to <- from. */
  copy(to: V, from: V): void;
  /** A view of some of its numbers. */
  part(x: V, block: Block): V;
}

/** Which second derivative a product uses. */
export type HessianKind = "gaussNewton" | "blockGaussNewton" | "exact";

/** Sets of n numbers one after another that stand at equal distances in time: an ode layer's parameter. */
export interface TimeStack extends Block {
  readonly sets: number;
  readonly spacing: number;
  /** α of the timeSmoothness that applies to it, 0 without one. */
  readonly smoothness: number;
}

/** min f(x). All functions are at the present x; methods move it by writing into `x`. */
export interface Problem<V> {
  readonly space: Space<V>;
  readonly x: V;
  /** Relative error of a value: the precision of f. */
  readonly roundoff: number;
  value(): number;
  /** ∇f into `into`; returns f. */
  gradient(into: V): number;
  /** into <- H v, in the sense of `kind`. Throws `option` where the problem has none. */
  product(kind: HessianKind, into: V, v: V): void;
  /** Brings x to the nearest point that is allowed; absent without constraints. */
  readonly project?: (() => void) | undefined;
  readonly stacks?: readonly TimeStack[] | undefined;
  /** Variables that can be eliminated: f is convex in them. */
  readonly inner?: Inner<V> | undefined;
}

/** Elimination of some variables; the others are the rest. */
export interface Inner<V> {
  readonly eliminated: Block;
  /** f as a function of the eliminated ones; its vectors are parts of the whole problem's. */
  readonly problem: Problem<V>;
  /** Fixes what depends on the rest alone, at the present x: `problem` is right until the rest moves. */
  freeze(): void;
}

/** Why a method has ended. */
export interface Ending {
  readonly status: "converged" | "stopped" | "diverged";
  readonly reason: string;
}

/** What one iteration reports: value and gradient before it, and what it did. */
export interface Iteration {
  readonly value: number;
  readonly gradientNorm: number;
  readonly stepSize: number;
  /** Evaluations of f, with or without its gradient. */
  readonly evaluations: number;
  /** Hessian products of the conjugate gradients. */
  readonly cgIterations?: number;
  /** Something out of the ordinary, in words. */
  readonly note?: string;
  readonly end?: Ending;
}

/** What a method needs and does. `states` persist between steps and are saved with a checkpoint, `scratch` is not. */
export interface Method {
  readonly kind: string;
  /** What the factory of this kind was given: with it another thread makes the same one. */
  readonly settings?: object;
  readonly method: true;
  /** Options in one line: two runs with the same are the same. */
  readonly options: string;
  /** Whether each step may see other data. */
  readonly miniBatch: boolean;
  /** Whether it can keep to constraints. */
  readonly constraints: boolean;
  readonly states: number;
  readonly scratch: number;
  /** First content of the numbers that persist between steps. */
  readonly memory: readonly number[];
  /** Iterations unless told. */
  readonly iterations: number;
  /** Makes the method's step. With `miniBatch`, f may be another one in each. */
  begin<V>(problem: Problem<V>, states: readonly V[], scratch: readonly V[], memory: number[]): () => Iteration;
  /** Why the problem cannot be solved by it, if so. */
  refuses?(problem: Problem<unknown>): OdenetError | undefined;
}

export const toleranceRule: Rule<number> = { kind: "number", label: "tolerance", from: 0, initial: 1e-9 };

export const iterationsRule = (initial: number): Rule<number> => ({
  kind: "whole",
  label: "iterations",
  from: 1,
  initial,
});

/** Whether an optimizer is a method. */
export function isMethod(optimizer: unknown): optimizer is Method {
  return (optimizer as Partial<Method> | undefined)?.method === true;
}

/** ‖x‖. */
export function norm<V>(space: Space<V>, x: V): number {
  return Math.sqrt(space.dot(x, x));
}
