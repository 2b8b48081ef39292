/** The parts of local response normalisation: sums over neighbouring columns (channels), and powers of an affine function. */
import { exp } from "./elementary/exponential";
import { log } from "./elementary/logarithm";
import { madd } from "./lanes";
import { lanes, rowBytes } from "./rows";

/** All bits set in the lanes of a row's last vector that hold one of its `columns`. */
function tailMask<T extends number>(columns: u32): v128 {
  const used = columns & (lanes<T>() - 1);
  if (used == 0) return i32x4.splat(-1);
  if (sizeof<T>() == 8) return i64x2(-1, 0);
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(i32(used)));
}

/** out[r, c] = β out + Σ x[r, j] over |j − c| ≤ half. scratch: a row between margins of zeros. */
export function neighbour_sum<T extends number>(
  out: usize,
  x: usize,
  scratch: usize,
  rows: u32,
  columns: u32,
  half: u32,
  beta: i32,
): void {
  const row = rowBytes<T>(columns);
  const mask = tailMask<T>(columns);
  const reach = usize(half) * sizeof<T>();
  const margin = rowBytes<T>(half);
  const kept = i32x4.splat(beta ? -1 : 0); // beta out, as a mask
  const middle = scratch + margin;
  memory.fill(scratch, 0, 2 * margin + row);
  for (let r: u32 = 0; r < rows; r++, out += row, x += row) {
    memory.copy(middle, x, row);
    for (let at: usize = 0; at < row; at += 16) {
      let s = v128.load(middle + at - reach);
      for (let k: usize = sizeof<T>(); k <= 2 * reach; k += sizeof<T>()) {
        s = v128.add<T>(s, v128.load(middle + at - reach + k));
      }
      if (at + 16 == row) s = v128.and(s, mask);
      v128.store(out + at, v128.add<T>(v128.and(v128.load(out + at), kept), s));
    }
  }
}

/** out = β out + c (k + a x)^e entry by entry, as exp(e log(k + a x)); k + a x > 0. out may be x. */
export function affine_power<T extends number>(
  out: usize,
  x: usize,
  rows: u32,
  columns: u32,
  c: f64,
  k: f64,
  a: f64,
  e: f64,
  beta: i32,
): void {
  const row = rowBytes<T>(columns);
  const mask = tailMask<T>(columns);
  const factor = v128.splat<T>(c as T);
  const constant = v128.splat<T>(k as T);
  const slope = v128.splat<T>(a as T);
  const exponent = v128.splat<T>(e as T);
  const kept = i32x4.splat(beta ? -1 : 0);
  for (let r: u32 = 0; r < rows; r++, out += row, x += row) {
    for (let at: usize = 0; at < row; at += 16) {
      const base = madd<T>(slope, v128.load(x + at), constant);
      let value = v128.mul<T>(factor, exp<T>(v128.mul<T>(exponent, log<T>(base))));
      if (at + 16 == row) value = v128.and(value, mask);
      v128.store(out + at, v128.add<T>(v128.and(v128.load(out + at), kept), value));
    }
  }
}
