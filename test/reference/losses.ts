/// <reference types="vite/client" />
import { softplus } from "./activations.ts";
import type { Arithmetic, Smooth } from "./arithmetic.ts";
import type { Batch } from "./layers.ts";

export interface LossDescription {
  readonly kind: string;
  readonly reduction?: "mean" | "sum";
}

const exponential: Smooth = [Math.exp, Math.exp, Math.exp];
const logarithm: Smooth = [Math.log, (x) => 1 / x, (x) => -1 / (x * x)];

const sum = <T>(a: Arithmetic<T>, terms: readonly T[]): T => terms.reduce((total, term) => a.add(total, term));

/** Target rows: one-hot for class indices, else the rows that were given. */
export function targets(labels: readonly number[], examples: number, outputs: number): number[][] {
  const indices = labels.length === examples && outputs > 1;
  return Array.from({ length: examples }, (_, i) =>
    Array.from({ length: outputs }, (_, k) =>
      indices ? (labels[i] === k ? 1 : 0) : (labels[i * outputs + k] as number),
    ),
  );
}

/** −cᵀ s + log Σ exp s: the largest score is taken out of the sum, as a constant. */
function crossEntropy<T>(a: Arithmetic<T>, s: readonly T[], c: readonly number[]): T {
  const top = Math.max(...s.map(a.value));
  const shifted = s.map((score) => a.add(score, a.constant(-top)));
  const normalizer = sum(
    a,
    shifted.map((score) => a.apply(exponential, score)),
  );
  const picked = a.dot(shifted, c.map(a.constant));
  const total = c.reduce((mass, entry) => mass + entry, 0); // 1 for probabilities: −cᵀ s = −cᵀ (s − top) − top Σ c
  return a.add(a.add(a.apply(logarithm, normalizer), a.scale(-1, picked)), a.constant(top * (1 - total)));
}

/** −Σ_k (c_k s_k − log(1 + exp s_k)). */
function logistic<T>(a: Arithmetic<T>, s: readonly T[], c: readonly number[]): T {
  return sum(
    a,
    s.map((score, k) => a.add(a.apply(softplus, score), a.scale(-(c[k] as number), score))),
  );
}

/** ½ ‖s − c‖². */
function halfSquare<T>(a: Arithmetic<T>, s: readonly T[], c: readonly number[]): T {
  const r = s.map((score, k) => a.add(score, a.constant(-(c[k] as number))));
  return a.scale(0.5, a.dot(r, r));
}

/** References that stand beside the entries of src/losses: Σ ρ(s − c). */
const beside = import.meta.glob<{ readonly reference?: Smooth; readonly referenceKinks?: readonly number[] }>(
  "../../src/losses/*.ts",
  { eager: true },
);
const membersBeside = Object.entries(beside).map(
  ([path, member]) => [/(\w+)\.ts$/.exec(path)?.[1] ?? path, member] as const,
);

export const pointwise: Readonly<Record<string, Smooth>> = Object.fromEntries(
  membersBeside.flatMap(([name, { reference }]) => (reference ? [[name, reference]] : [])),
);

/** Where ρ or one of its first two derivatives jumps. */
export const lossKinks = (kind: string): readonly number[] =>
  Object.fromEntries(membersBeside)[kind]?.referenceKinks ?? [];

type PerExample = <T>(a: Arithmetic<T>, s: readonly T[], c: readonly number[]) => T;

const residuals =
  (rho: Smooth): PerExample =>
  (a, s, c) =>
    sum(
      a,
      s.map((score, k) => a.apply(rho, a.add(score, a.constant(-(c[k] as number))))),
    );

const perExample: Readonly<Record<string, PerExample>> = {
  softmaxCrossEntropy: crossEntropy,
  logistic,
  leastSquares: halfSquare,
  ...Object.fromEntries(Object.entries(pointwise).map(([name, rho]) => [name, residuals(rho)])),
};

/** The loss of scores S (examples × outputs): mean over the examples, or the sum where asked for. */
export function lossValue<T>(a: Arithmetic<T>, loss: LossDescription, S: Batch<T>, labels: readonly number[]): T {
  const C = targets(labels, S.length, S[0]?.length ?? 0);
  const one = perExample[loss.kind];
  if (!one) throw new Error(`the reference knows no loss ${loss.kind}`);
  const terms = S.map((s, i) => one(a, s, C[i] as number[]));
  return a.scale(loss.reduction === "sum" ? 1 : 1 / S.length, sum(a, terms));
}
