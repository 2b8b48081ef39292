/** p = exp(s − max s) of a vector's worth of rows, with Σ p and log Σ exp s: without overflow, and without a loop over single lanes. */
import { exp } from "../elementary/exponential";
import { log } from "../elementary/logarithm";
import { lanes, rowBytes } from "../rows";
import { tailMask } from "./pointwise";

/** Lane r of the result is the greatest lane of vector r (f32: four vectors, f64: the first two). */
function greatest<T extends number>(v0: v128, v1: v128, v2: v128, v3: v128): v128 {
  if (sizeof<T>() == 8) return v128.max<T>(v128.shuffle<f64>(v0, v1, 0, 2), v128.shuffle<f64>(v0, v1, 1, 3));
  const low = v128.max<T>(v128.shuffle<f32>(v0, v1, 0, 1, 4, 5), v128.shuffle<f32>(v0, v1, 2, 3, 6, 7));
  const high = v128.max<T>(v128.shuffle<f32>(v2, v3, 0, 1, 4, 5), v128.shuffle<f32>(v2, v3, 2, 3, 6, 7));
  return v128.max<T>(v128.shuffle<f32>(low, high, 0, 2, 4, 6), v128.shuffle<f32>(low, high, 1, 3, 5, 7));
}

/** Lane r of the result is the sum of vector r, halves first as lanes.sum adds them: (v₀ + v₂) + (v₁ + v₃), or v₀ + v₁. */
function sums<T extends number>(v0: v128, v1: v128, v2: v128, v3: v128): v128 {
  if (sizeof<T>() == 8) return v128.add<T>(v128.shuffle<f64>(v0, v1, 0, 2), v128.shuffle<f64>(v0, v1, 1, 3));
  const low = v128.add<T>(v128.shuffle<f32>(v0, v1, 0, 1, 4, 5), v128.shuffle<f32>(v0, v1, 2, 3, 6, 7));
  const high = v128.add<T>(v128.shuffle<f32>(v2, v3, 0, 1, 4, 5), v128.shuffle<f32>(v2, v3, 2, 3, 6, 7));
  return v128.add<T>(v128.shuffle<f32>(low, high, 0, 2, 4, 6), v128.shuffle<f32>(low, high, 1, 3, 5, 7));
}

/** The greatest number of each lane over one row; padding does not count. */
function rowGreatest<T extends number>(s: usize, last: usize, mask: v128): v128 {
  const nothing = v128.splat<T>(-Infinity as T);
  let top = v128.bitselect(v128.load(s + last), nothing, mask);
  for (let at: usize = 0; at < last; at += 16) top = v128.max<T>(top, v128.load(s + at));
  return top;
}

/** p = exp(s − shift) over one row, padding zero; returns the sum of its vectors. */
function rowExp<T extends number>(p: usize, s: usize, last: usize, mask: v128, shift: v128): v128 {
  let total = v128.splat<T>(0 as T);
  for (let at: usize = 0; at < last; at += 16) {
    const e = exp<T>(v128.sub<T>(v128.load(s + at), shift));
    total = v128.add<T>(total, e);
    v128.store(p + at, e);
  }
  const e = v128.and(exp<T>(v128.sub<T>(v128.load(s + last), shift)), mask);
  v128.store(p + last, e);
  return v128.add<T>(total, e);
}

/** Lane r of v in every lane. */
export function broadcast<T extends number>(v: v128, r: u32): v128 {
  if (sizeof<T>() == 8) return r == 0 ? v128.shuffle<f64>(v, v, 0, 0) : v128.shuffle<f64>(v, v, 1, 1);
  if (r == 0) return v128.shuffle<f32>(v, v, 0, 0, 0, 0);
  if (r == 1) return v128.shuffle<f32>(v, v, 1, 1, 1, 1);
  if (r == 2) return v128.shuffle<f32>(v, v, 2, 2, 2, 2);
  return v128.shuffle<f32>(v, v, 3, 3, 3, 3);
}

// What softmaxRows leaves behind for up to four rows. Globals belong to one instance, so threads do not share them.
/** 1 / Σ exp (s − max), in the kernel's precision. */
export let scales: v128 = i64x2.splat(0);
/** log Σ exp s of the first two rows and of the next two, as f64. */
let logSums: v128 = i64x2.splat(0);
let logSumsAfter: v128 = i64x2.splat(0);

export function logSum(r: u32): f64 {
  const pair = r < 2 ? logSums : logSumsAfter;
  return (r & 1) == 0 ? f64x2.extract_lane(pair, 0) : f64x2.extract_lane(pair, 1);
}

/**
 * p_r = exp(s_r − max s_r) for one vector's worth of rows, without overflow: what does not fill a vector in one row, the last
 * steps of maximum and sum, the quotient and the logarithm, is computed for all rows at once. Rows from `count` on repeat the
 * last one.
 */
export function softmaxRows<T extends number>(p: usize, s: usize, row: usize, mask: v128, count: u32): void {
  const last = row - 16;
  const r1: usize = count > 1 ? row : 0;
  const r2: usize = count > 2 ? r1 + row : r1;
  const r3: usize = count > 3 ? r2 + row : r2;
  const t0 = rowGreatest<T>(s, last, mask);
  const t1 = rowGreatest<T>(s + r1, last, mask);
  let shift: v128;
  let z: v128;
  if (sizeof<T>() == 4) {
    shift = greatest<T>(t0, t1, rowGreatest<T>(s + r2, last, mask), rowGreatest<T>(s + r3, last, mask));
    const e0 = rowExp<T>(p, s, last, mask, broadcast<T>(shift, 0));
    const e1 = rowExp<T>(p + r1, s + r1, last, mask, broadcast<T>(shift, 1));
    const e2 = rowExp<T>(p + r2, s + r2, last, mask, broadcast<T>(shift, 2));
    const e3 = rowExp<T>(p + r3, s + r3, last, mask, broadcast<T>(shift, 3));
    z = sums<T>(e0, e1, e2, e3);
    const logs = log<T>(z);
    const after = v128.shuffle<f64>(logs, logs, 1, 1);
    const shiftAfter = v128.shuffle<f64>(shift, shift, 1, 1);
    logSums = f64x2.add(f64x2.promote_low_f32x4(shift), f64x2.promote_low_f32x4(logs));
    logSumsAfter = f64x2.add(f64x2.promote_low_f32x4(shiftAfter), f64x2.promote_low_f32x4(after));
  } else {
    shift = greatest<T>(t0, t1, t0, t1);
    const e0 = rowExp<T>(p, s, last, mask, broadcast<T>(shift, 0));
    const e1 = rowExp<T>(p + r1, s + r1, last, mask, broadcast<T>(shift, 1));
    z = sums<T>(e0, e1, e0, e1);
    logSums = f64x2.add(shift, log<T>(z));
  }
  scales = v128.div<T>(v128.splat<T>(1 as T), z);
}

/** p = softmax of every row of s. */
export function softmax<T extends number>(p: usize, s: usize, rows: u32, columns: u32): void {
  const row = rowBytes<T>(columns);
  const mask = tailMask<T>(columns);
  for (let r: u32 = 0; r < rows; r += lanes<T>()) {
    const count = min<u32>(lanes<T>(), rows - r);
    softmaxRows<T>(p, s, row, mask, count);
    for (let i: u32 = 0; i < count; i++) {
      const scale = broadcast<T>(scales, i);
      for (let at: usize = 0; at < row; at += 16) v128.store(p + at, v128.mul<T>(v128.load(p + at), scale));
      p += row;
      s += row;
    }
  }
}
