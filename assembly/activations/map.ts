/**
 * An activation σ, one class K a file beside this one, over rows × columns matrices. `s` is what the backward pass has kept, the
 * output σ(x) or the input x, as its entry in src/activations says.
 *
 * Rows are padded to whole 16-byte vectors, so a matrix is one flat run of vectors. Padding is zero on input and on output:
 * where σ(0) ≠ 0 or Σ(0) ≠ 0 the last vector of each row is masked afterwards. beta is 0 (store) or 1 (add).
 */
import { constant } from "../lanes";

export interface Sigma {
  /** Whether σ(0) = Σ(0) = 0. */
  keepsZero(): bool;
  /** σ(x). */
  value(x: v128): v128;
  /** u σ'. */
  slope(u: v128, s: v128): v128;
  /** Σ(x) with Σ' = σ. */
  antiderivative(x: v128): v128;
}

/** Where σ'' is not zero everywhere. */
export interface Curved {
  /** w dσ'/ds, the derivative of the slope by the saved number itself. */
  curvature(w: v128, s: v128): v128;
}

/** Bytes of a matrix, padding included. */
export function matrixBytes<T extends number>(rows: u32, columns: u32): usize {
  return usize(rows) * ((usize(columns) * sizeof<T>() + 15) & ~15);
}

/** Zeroes the padding of every row. */
function clear_padding<T extends number>(y: usize, rows: u32, columns: u32): void {
  const used = (usize(columns) * sizeof<T>()) & 15;
  if (used == 0) return;
  const stride = (usize(columns) * sizeof<T>() + 15) & ~15;
  let mask: v128;
  if (sizeof<T>() == 4) mask = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(i32(used >> 2)));
  else mask = i64x2(-1, 0);
  const end = y + usize(rows) * stride;
  for (let last = y + stride - 16; last < end; last += stride) v128.store(last, v128.and(v128.load(last), mask));
}

/** y = σ(x). y may be x. */
export function values<K extends Sigma, T extends number>(y: usize, x: usize, rows: u32, columns: u32): void {
  const sigma = changetype<K>(0);
  const start = y;
  const end = y + matrixBytes<T>(rows, columns);
  for (; y < end; y += 16, x += 16) v128.store(y, sigma.value(v128.load(x)));
  if (!sigma.keepsZero()) clear_padding<T>(start, rows, columns);
}

/** out = beta out + u ∘ σ'. out may be u. Zero padding of u keeps the padding zero. */
export function slopes<K extends Sigma, T extends number>(
  out: usize,
  u: usize,
  s: usize,
  rows: u32,
  columns: u32,
  beta: i32,
): void {
  const sigma = changetype<K>(0);
  const kept = i32x4.splat(beta ? -1 : 0); // beta out, as a mask: with beta = 0 whatever was there is ignored
  const end = out + matrixBytes<T>(rows, columns);
  for (; out < end; out += 16, u += 16, s += 16) {
    const slope = sigma.slope(v128.load(u), v128.load(s));
    v128.store(out, v128.add<T>(slope, v128.and(v128.load(out), kept)));
  }
}

/** out = beta out + u ∘ v ∘ dσ'/ds. out may be u or v. */
export function curvatures<K extends Curved, T extends number>(
  out: usize,
  u: usize,
  v: usize,
  s: usize,
  rows: u32,
  columns: u32,
  beta: i32,
): void {
  const sigma = changetype<K>(0);
  const kept = i32x4.splat(beta ? -1 : 0);
  const end = out + matrixBytes<T>(rows, columns);
  for (; out < end; out += 16, u += 16, v += 16, s += 16) {
    const curvature = sigma.curvature(v128.mul<T>(v128.load(u), v128.load(v)), v128.load(s));
    v128.store(out, v128.add<T>(curvature, v128.and(v128.load(out), kept)));
  }
}

/** y = Σ(x). y may be x. */
export function antiderivatives<K extends Sigma, T extends number>(y: usize, x: usize, rows: u32, columns: u32): void {
  const sigma = changetype<K>(0);
  const start = y;
  const end = y + matrixBytes<T>(rows, columns);
  for (; y < end; y += 16, x += 16) v128.store(y, sigma.antiderivative(v128.load(x)));
  if (!sigma.keepsZero()) clear_padding<T>(start, rows, columns);
}

/** out = beta out: σ'' is zero. */
export function zeros<T extends number>(out: usize, rows: u32, columns: u32, beta: i32): void {
  if (beta == 0) memory.fill(out, 0, matrixBytes<T>(rows, columns));
}

/** Ones, whose product with σ' is the slope. */
export function ones<T extends number>(d: usize, rows: u32, columns: u32): void {
  const end = d + matrixBytes<T>(rows, columns);
  for (; d < end; d += 16) v128.store(d, constant<T>(1));
}
