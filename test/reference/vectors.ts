import type { Arithmetic, Smooth } from "./arithmetic.ts";

/** Rows of numbers. */
export type Matrix<T> = readonly (readonly T[])[];

/** Rows of `columns` entries each, from row-major numbers. */
export function matrix<T>(flat: readonly T[], columns: number): Matrix<T> {
  const rows = flat.length / columns;
  return Array.from({ length: rows }, (_, r) => flat.slice(r * columns, (r + 1) * columns));
}

/** Kᵀ. */
export function transpose<T>(K: Matrix<T>): Matrix<T> {
  return (K[0] ?? []).map((_, c) => K.map((row) => row[c] as T));
}

/** K y. */
export function product<T>(a: Arithmetic<T>, K: Matrix<T>, y: readonly T[]): T[] {
  return K.map((row) => a.dot(row, y));
}

/** x + y; a y of one entry is added to every entry of x, a missing one adds nothing. */
export function plus<T>(a: Arithmetic<T>, x: readonly T[], y: readonly T[] | undefined): T[] {
  return x.map((entry, i) => (y ? a.add(entry, (y.length === 1 ? y[0] : y[i]) as T) : entry));
}

/** x + c y. */
export function axpy<T>(a: Arithmetic<T>, x: readonly T[], c: number, y: readonly T[]): T[] {
  return x.map((entry, i) => a.add(entry, a.scale(c, y[i] as T)));
}

/** c x. */
export function times<T>(a: Arithmetic<T>, c: number, x: readonly T[]): T[] {
  return x.map((entry) => a.scale(c, entry));
}

/** f, entry by entry. */
export function applied<T>(a: Arithmetic<T>, f: Smooth, x: readonly T[]): T[] {
  return x.map((entry) => a.apply(f, entry));
}

/** (x − μ) / √(σ² + ε) with the mean and the biased variance of x. */
export function normalized<T>(a: Arithmetic<T>, x: readonly T[], epsilon: number): T[] {
  const mean = a.scale(1 / x.length, sum(a, x));
  const centred = x.map((entry) => a.add(entry, a.scale(-1, mean)));
  const r = a.apply(inverseRoot(epsilon), a.scale(1 / x.length, a.dot(centred, centred)));
  return centred.map((entry) => a.multiply(r, entry));
}

/** (v + ε)^(−1/2) with two derivatives. */
const inverseRoot = (epsilon: number): Smooth => [
  (v) => (v + epsilon) ** -0.5,
  (v) => -0.5 * (v + epsilon) ** -1.5,
  (v) => 0.75 * (v + epsilon) ** -2.5,
];

function sum<T>(a: Arithmetic<T>, x: readonly T[]): T {
  return x.reduce((total, entry) => a.add(total, entry));
}
