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
