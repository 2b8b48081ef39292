/**
 * Losses over scores S and targets C, both rows × columns, one example a row. `weight` points to one f64: 1/n for a mean.
 * Values are added in double precision, per shard and then as a binary tree.
 *
 *   softmax cross-entropy   w Σ_i ( −c_iᵀ s_i + log Σ_k exp s_ik )   gradient w (p − c)        Hessian w (diag p − p pᵀ)
 *   logistic                −w Σ ( c s − log(1 + eˢ) )               gradient w (σ(s) − c)     Hessian w σ(1 − σ)
 *   least squares           w/2 ‖S − C‖²                             gradient w (S − C)        Hessian w
 */

import { exp, log, sigmoid, softplus, sum } from "./lanes";
import { Loss } from "./opcodes";
import { lanes, rowBytes } from "./rows";

/** All bits set in the lanes that hold one of the last vector's `columns`. */
function tailMask<T extends number>(columns: u32): v128 {
  const used = columns & (lanes<T>() - 1);
  if (used == 0) return i32x4.splat(-1);
  if (sizeof<T>() == 8) return i64x2(-1, 0);
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(i32(used)));
}

function maximum<T extends number>(v: v128): T {
  if (sizeof<T>() == 4) {
    v = v128.max<T>(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
    v = v128.max<T>(v, v128.shuffle<i32>(v, v, 1, 0, 3, 2));
  } else {
    v = v128.max<T>(v, v128.shuffle<i64>(v, v, 1, 0));
  }
  return v128.extract_lane<T>(v, 0);
}

/** p_r = softmax(s_r) for one row, without overflow; returns log Σ exp s. Padding becomes zero. */
function softmaxRow<T extends number>(p: usize, s: usize, row: usize, mask: v128): f64 {
  const last = row - 16;
  let top = v128.splat<T>(-Infinity as T);
  for (let at: usize = 0; at < last; at += 16) top = v128.max<T>(top, v128.load(s + at));
  top = v128.max<T>(top, v128.bitselect(v128.load(s + last), v128.splat<T>(-Infinity as T), mask));
  const shift: T = maximum<T>(top);
  const shifts = v128.splat<T>(shift as T);
  let total = v128.splat<T>(0 as T);
  for (let at: usize = 0; at < last; at += 16) {
    const e = exp<T>(v128.sub<T>(v128.load(s + at), shifts));
    total = v128.add<T>(total, e);
    v128.store(p + at, e);
  }
  const e = v128.and(exp<T>(v128.sub<T>(v128.load(s + last), shifts)), mask);
  v128.store(p + last, e);
  const z = sum<T>(v128.add<T>(total, e));
  const scale = v128.splat<T>(((1 as T) / z) as T);
  for (let at: usize = 0; at < row; at += 16) v128.store(p + at, v128.mul<T>(v128.load(p + at), scale));
  return f64(shift) + f64(v128.extract_lane<T>(log<T>(v128.splat<T>(z)), 0));
}

/** p = softmax of every row of s. */
export function softmax<T extends number>(p: usize, s: usize, rows: u32, columns: u32): void {
  const row = rowBytes<T>(columns);
  const mask = tailMask<T>(columns);
  for (let r: u32 = 0; r < rows; r++) {
    softmaxRow<T>(p, s, row, mask);
    p += row;
    s += row;
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

/** One row's loss, its unweighted gradient stored. */
function lossRow<T extends number>(kind: i32, g: usize, s: usize, c: usize, row: usize, columns: u32, mask: v128): f64 {
  if (kind == Loss.Softmax) {
    const logSum = softmaxRow<T>(g, s, row, mask);
    for (let at: usize = 0; at < row; at += 16) {
      v128.store(g + at, v128.sub<T>(v128.load(g + at), v128.load(c + at)));
    }
    return logSum - rowDot<T>(c, s, columns);
  }
  let total: f64 = 0;
  for (let at: usize = 0; at < row; at += 16) {
    const x = v128.load(s + at);
    const target = v128.load(c + at);
    const keep = at == row - 16 ? mask : i32x4.splat(-1);
    if (kind == Loss.Logistic) {
      const value = v128.sub<T>(softplus<T>(x), v128.mul<T>(target, x));
      total += f64(sum<T>(v128.and(value, keep)));
      v128.store(g + at, v128.and(v128.sub<T>(sigmoid<T>(x), target), keep));
    } else {
      const difference = v128.sub<T>(x, target);
      total += 0.5 * f64(sum<T>(v128.mul<T>(difference, difference)));
      v128.store(g + at, difference);
    }
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
  for (let r = from; r < to; r++) {
    const skip = usize(r) * row;
    total += lossRow<T>(kind, g + skip, s + skip, c + skip, row, columns, mask);
    for (let at: usize = 0; at < row; at += 16) {
      const address = g + skip + at;
      v128.store(address, v128.mul<T>(v128.load(address), scale));
    }
  }
  return total;
}

/** value[0] = weight · loss(S, C); g = its gradient with respect to S. */
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
): void {
  const w = load<f64>(weight);
  const run = shards <= 1 ? rows : shardRows;
  store<f64>(value, w * lossTree<T>(kind, g, s, c, rows, columns, w as T, 0, max<u32>(1, shards), run));
}

/** out = (d² loss / dS²) v row by row. `out` may be v. */
export function loss_hessian<T extends number>(
  kind: i32,
  out: usize,
  v: usize,
  s: usize,
  scratch: usize,
  weight: usize,
  rows: u32,
  columns: u32,
): void {
  const row = rowBytes<T>(columns);
  const mask = tailMask<T>(columns);
  const w = v128.splat<T>(load<f64>(weight) as T);
  for (let r: u32 = 0; r < rows; r++) {
    if (kind == Loss.Softmax) {
      softmaxRow<T>(scratch, s, row, mask);
      const mean = v128.splat<T>(rowDot<T>(scratch, v, columns) as T);
      for (let at: usize = 0; at < row; at += 16) {
        const p = v128.mul<T>(v128.load(scratch + at), w);
        v128.store(out + at, v128.mul<T>(p, v128.sub<T>(v128.load(v + at), mean)));
      }
    } else {
      for (let at: usize = 0; at < row; at += 16) {
        let factor = w;
        if (kind == Loss.Logistic) {
          const p = sigmoid<T>(v128.load(s + at));
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
