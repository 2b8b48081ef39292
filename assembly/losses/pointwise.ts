/**
 * w Σ ℓ(s_ij, c_ij), one class K a file beside this one: ℓ, ∂ℓ/∂s and w ∂²ℓ/∂s². Losses that join the scores of a row have loops of
 * their own.
 */
import { sum } from "../lanes";
import { lanes, rowBytes } from "../rows";

export interface Pointwise {
  /** ℓ(s, c); `p` and `q` are the loss's parameters in every lane. */
  value(s: v128, c: v128, p: v128, q: v128): v128;
  /** ∂ℓ/∂s. */
  slope(s: v128, c: v128, p: v128, q: v128): v128;
  /** w ∂²ℓ/∂s²; with `known`, s is the probability rather than the score. */
  curvature(w: v128, s: v128, c: v128, known: bool, p: v128, q: v128): v128;
}

/** All bits set in the lanes that hold one of the last vector's `columns`. */
export function tailMask<T extends number>(columns: u32): v128 {
  const used = columns & (lanes<T>() - 1);
  if (used == 0) return i32x4.splat(-1);
  if (sizeof<T>() == 8) return i64x2(-1, 0);
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(i32(used)));
}

/** The loss of so many rows, the weighted gradient stored; each entry counts m_ij times where m is not 0. */
export function losses<K extends Pointwise, T extends number>(
  g: usize,
  s: usize,
  c: usize,
  m: usize,
  rows: u32,
  columns: u32,
  weight: T,
  parameter: T,
  second: T,
): f64 {
  const rule = changetype<K>(0);
  const row = rowBytes<T>(columns);
  const mask = tailMask<T>(columns);
  const w = v128.splat<T>(weight);
  const p = v128.splat<T>(parameter);
  const q = v128.splat<T>(second);
  let total: f64 = 0;
  for (let r: u32 = 0; r < rows; r++) {
    let one: f64 = 0;
    for (let at: usize = 0; at < row; at += 16) {
      const x = v128.load(s + at);
      const target = v128.load(c + at);
      const keep = at == row - 16 ? mask : i32x4.splat(-1);
      let value = v128.and(rule.value(x, target, p, q), keep);
      let slope = v128.and(rule.slope(x, target, p, q), keep);
      if (m != 0) {
        const times = v128.load(m + at);
        value = v128.mul<T>(value, times);
        slope = v128.mul<T>(slope, times);
      }
      one += f64(sum<T>(value));
      v128.store(g + at, v128.mul<T>(slope, w));
    }
    if (m != 0) m += row;
    total += one;
    g += row;
    s += row;
    c += row;
  }
  return total;
}

/** out = w ∂²ℓ/∂s² ∘ v. */
export function hessians<K extends Pointwise, T extends number>(
  out: usize,
  v: usize,
  s: usize,
  c: usize,
  rows: u32,
  columns: u32,
  weight: T,
  known: bool,
  parameter: T,
  second: T,
): void {
  const rule = changetype<K>(0);
  const w = v128.splat<T>(weight);
  const p = v128.splat<T>(parameter);
  const q = v128.splat<T>(second);
  const end = out + usize(rows) * rowBytes<T>(columns);
  for (; out < end; out += 16, v += 16, s += 16, c += 16) {
    const factor = rule.curvature(w, v128.load(s), v128.load(c), known, p, q);
    v128.store(out, v128.mul<T>(factor, v128.load(v)));
  }
}
