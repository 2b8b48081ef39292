/** w Σ_i ( −c_iᵀ s_i + log Σ_k exp s_ik ), gradient w (p − c), Hessian w (diag p − p pᵀ), p the softmax of a row. */
import { lanes, rowBytes } from "../rows";
import { tailMask } from "./pointwise";
import { broadcast, logSum, scales, softmaxRows } from "./softmaxRows";

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
function lossRows<T extends number>(
  g: usize,
  s: usize,
  c: usize,
  m: usize,
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
    const times: T = m == 0 ? (1 as T) : load<T>(m);
    const factor = m == 0 ? weight : v128.mul<T>(weight, v128.splat<T>(times));
    for (let at: usize = 0; at < row; at += 16) {
      const p = v128.mul<T>(v128.load(g + at), scale);
      v128.store(g + at, v128.mul<T>(v128.sub<T>(p, v128.load(c + at)), factor));
    }
    total += f64(times) * (logSum(i) - rowDot<T>(c, s, columns));
    if (m != 0) m += row;
    g += row;
    s += row;
    c += row;
  }
  return total;
}

/** The loss of so many rows, the weighted gradient stored; each row counts as often as m says, where it is not 0. */
export function shard_loss<T extends number>(
  g: usize,
  s: usize,
  c: usize,
  m: usize,
  rows: u32,
  columns: u32,
  weight: T,
  _parameter: T,
  _second: T,
): f64 {
  const row = rowBytes<T>(columns);
  const mask = tailMask<T>(columns);
  const scale = v128.splat<T>(weight);
  let total: f64 = 0;
  for (let r: u32 = 0; r < rows; r += lanes<T>()) {
    const skip = usize(r) * row;
    const count = min<u32>(lanes<T>(), rows - r);
    total = lossRows<T>(g + skip, s + skip, c + skip, m == 0 ? 0 : m + skip, row, columns, mask, scale, count, total);
  }
  return total;
}

/** out = w (diag p − p pᵀ) v. */
export function shard_hessian<T extends number>(
  out: usize,
  v: usize,
  s: usize,
  _c: usize,
  scratch: usize,
  rows: u32,
  columns: u32,
  weight: T,
  known: bool,
  _parameter: T,
  _second: T,
): void {
  const row = rowBytes<T>(columns);
  const mask = tailMask<T>(columns);
  const w = v128.splat<T>(weight);
  for (let r: u32 = 0; r < rows; r++) {
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
    out += row;
    v += row;
    s += row;
  }
}
