/**
 * Losses over scores S and targets C, both rows × columns, one example a row. `weight` points to one f64: 1/n for a mean.
 * Values are added in double precision, per shard and then as a binary tree.
 *
 *   softmax cross-entropy   w Σ_i ( −c_iᵀ s_i + log Σ_k exp s_ik )   gradient w (p − c)        Hessian w (diag p − p pᵀ)
 *   logistic                −w Σ ( c s − log(1 + eˢ) )               gradient w (σ(s) − c)     Hessian w σ(1 − σ)
 *   least squares           w/2 ‖S − C‖²                             gradient w (S − C)        Hessian w
 */

import { exp, sigmoid } from "./elementary/exponential";
import { log, softplus } from "./elementary/logarithm";
import { sum } from "./lanes";
import { Loss } from "./opcodes";
import { lanes, rowBytes } from "./rows";

/** All bits set in the lanes that hold one of the last vector's `columns`. */
function tailMask<T extends number>(columns: u32): v128 {
  const used = columns & (lanes<T>() - 1);
  if (used == 0) return i32x4.splat(-1);
  if (sizeof<T>() == 8) return i64x2(-1, 0);
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(i32(used)));
}

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
function broadcast<T extends number>(v: v128, r: u32): v128 {
  if (sizeof<T>() == 8) return r == 0 ? v128.shuffle<f64>(v, v, 0, 0) : v128.shuffle<f64>(v, v, 1, 1);
  if (r == 0) return v128.shuffle<f32>(v, v, 0, 0, 0, 0);
  if (r == 1) return v128.shuffle<f32>(v, v, 1, 1, 1, 1);
  if (r == 2) return v128.shuffle<f32>(v, v, 2, 2, 2, 2);
  return v128.shuffle<f32>(v, v, 3, 3, 3, 3);
}

// What softmaxRows leaves behind for up to four rows. Globals belong to one instance, so threads do not share them.
/** 1 / Σ exp (s − max), in the kernel's precision. */
let scales: v128 = i64x2.splat(0);
/** log Σ exp s of the first two rows and of the next two, as f64. */
let logSums: v128 = i64x2.splat(0);
let logSumsAfter: v128 = i64x2.splat(0);

function logSum(r: u32): f64 {
  const pair = r < 2 ? logSums : logSumsAfter;
  return (r & 1) == 0 ? f64x2.extract_lane(pair, 0) : f64x2.extract_lane(pair, 1);
}

/**
 * p_r = exp(s_r − max s_r) for one vector's worth of rows, without overflow: what does not fill a vector in one row, the last
 * steps of maximum and sum, the quotient and the logarithm, is computed for all rows at once. Rows from `count` on repeat the
 * last one.
 */
function softmaxRows<T extends number>(p: usize, s: usize, row: usize, mask: v128, count: u32): void {
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

/** xᵀ y of one row in double precision. */
function rowDot<T extends number>(x: usize, y: usize, columns: u32): f64 {
  let total: f64 = 0;
  for (let k: u32 = 0; k < columns; k++) {
    const at = usize(k) * sizeof<T>();
    total += f64(load<T>(x + at)) * f64(load<T>(y + at));
  }
  return total;
}

/** Loss of one vector's worth of rows, added to `total` row by row; the weighted gradient is stored. */
function softmaxLoss<T extends number>(
  g: usize,
  s: usize,
  c: usize,
  row: usize,
  columns: u32,
  mask: v128,
  weight: v128,
  count: u32,
  total: f64,
): f64 {
  softmaxRows<T>(g, s, row, mask, count);
  for (let i: u32 = 0; i < count; i++) {
    const scale = broadcast<T>(scales, i);
    for (let at: usize = 0; at < row; at += 16) {
      const p = v128.mul<T>(v128.load(g + at), scale);
      v128.store(g + at, v128.mul<T>(v128.sub<T>(p, v128.load(c + at)), weight));
    }
    total += logSum(i) - rowDot<T>(c, s, columns);
    g += row;
    s += row;
    c += row;
  }
  return total;
}

/** One row's logistic or quadratic loss, the weighted gradient stored. */
function lossRow<T extends number>(kind: i32, g: usize, s: usize, c: usize, row: usize, mask: v128, weight: v128): f64 {
  let total: f64 = 0;
  for (let at: usize = 0; at < row; at += 16) {
    const x = v128.load(s + at);
    const target = v128.load(c + at);
    const keep = at == row - 16 ? mask : i32x4.splat(-1);
    let slope: v128;
    if (kind == Loss.Logistic) {
      const value = v128.sub<T>(softplus<T>(x), v128.mul<T>(target, x));
      total += f64(sum<T>(v128.and(value, keep)));
      slope = v128.and(v128.sub<T>(sigmoid<T>(x), target), keep);
    } else {
      slope = v128.sub<T>(x, target);
      total += 0.5 * f64(sum<T>(v128.mul<T>(slope, slope)));
    }
    v128.store(g + at, v128.mul<T>(slope, weight));
  }
  return total;
}

/** The sum over the rows of `count` shards from shard `first`. */
function lossTree<T extends number>(
  kind: i32,
  g: usize,
  s: usize,
  c: usize,
  rows: u32,
  columns: u32,
  weight: T,
  first: u32,
  count: u32,
  shardRows: u32,
): f64 {
  if (count > 1) {
    const half = count >> 1;
    return (
      lossTree<T>(kind, g, s, c, rows, columns, weight, first, half, shardRows) +
      lossTree<T>(kind, g, s, c, rows, columns, weight, first + half, half, shardRows)
    );
  }
  const row = rowBytes<T>(columns);
  const mask = tailMask<T>(columns);
  const scale = v128.splat<T>(weight);
  const from = min<u32>(rows, first * shardRows);
  const to = min<u32>(rows, from + shardRows);
  let total: f64 = 0;
  const together = kind == Loss.Softmax ? lanes<T>() : 1;
  for (let r = from; r < to; r += together) {
    const skip = usize(r) * row;
    if (kind == Loss.Softmax) {
      const count = min<u32>(together, to - r);
      total = softmaxLoss<T>(g + skip, s + skip, c + skip, row, columns, mask, scale, count, total);
    } else {
      total += lossRow<T>(kind, g + skip, s + skip, c + skip, row, mask, scale);
    }
  }
  return total;
}

/** value[0] = weight · loss(S, C), without the weight where `bare`; g = the weighted loss's gradient with respect to S. */
export function loss<T extends number>(
  kind: i32,
  value: usize,
  g: usize,
  s: usize,
  c: usize,
  weight: usize,
  rows: u32,
  columns: u32,
  shards: u32,
  shardRows: u32,
  bare: bool,
): void {
  const w = load<f64>(weight);
  const run = shards <= 1 ? rows : shardRows;
  const sum = lossTree<T>(kind, g, s, c, rows, columns, w as T, 0, max<u32>(1, shards), run);
  store<f64>(value, bare ? sum : w * sum);
}

/** out = (d² loss / dS²) v row by row. With `known`, s holds the probabilities rather than the scores. `out` may be v. */
export function loss_hessian<T extends number>(
  kind: i32,
  out: usize,
  v: usize,
  s: usize,
  scratch: usize,
  weight: usize,
  rows: u32,
  columns: u32,
  known: bool,
): void {
  const row = rowBytes<T>(columns);
  const mask = tailMask<T>(columns);
  const w = v128.splat<T>(load<f64>(weight) as T);
  for (let r: u32 = 0; r < rows; r++) {
    if (kind == Loss.Softmax) {
      let probabilities = s;
      if (!known) {
        probabilities = scratch;
        softmaxRows<T>(scratch, s, row, mask, 1);
        const scale = broadcast<T>(scales, 0);
        for (let at: usize = 0; at < row; at += 16) {
          v128.store(scratch + at, v128.mul<T>(v128.load(scratch + at), scale));
        }
      }
      const mean = v128.splat<T>(rowDot<T>(probabilities, v, columns) as T);
      for (let at: usize = 0; at < row; at += 16) {
        const p = v128.mul<T>(v128.load(probabilities + at), w);
        v128.store(out + at, v128.mul<T>(p, v128.sub<T>(v128.load(v + at), mean)));
      }
    } else {
      for (let at: usize = 0; at < row; at += 16) {
        let factor = w;
        if (kind == Loss.Logistic) {
          const p = known ? v128.load(s + at) : sigmoid<T>(v128.load(s + at));
          factor = v128.mul<T>(w, v128.mul<T>(p, v128.sub<T>(v128.splat<T>(1 as T), p)));
        }
        v128.store(out + at, v128.mul<T>(factor, v128.load(v + at)));
      }
    }
    out += row;
    v += row;
    s += row;
  }
}
