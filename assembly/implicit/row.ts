/** Single rows of numbers: entries, sums, products. A row is padded with zeros to whole vectors. */
import { madd, sum } from "../lanes";

export function at<T extends number>(x: usize, i: u32): T {
  return load<T>(x + usize(i) * sizeof<T>());
}

export function put<T extends number>(x: usize, i: u32, value: T): void {
  store<T>(x + usize(i) * sizeof<T>(), value);
}

/** y <- y + c x over one padded row. */
export function axpyRow<T extends number>(y: usize, c: T, x: usize, bytes: usize): void {
  const s = v128.splat<T>(c);
  for (let k: usize = 0; k < bytes; k += 16) v128.store(y + k, madd<T>(s, v128.load(x + k), v128.load(y + k)));
}

export function dotRow<T extends number>(x: usize, y: usize, bytes: usize): T {
  let total = v128.splat<T>(0 as T);
  for (let k: usize = 0; k < bytes; k += 16) total = madd<T>(v128.load(x + k), v128.load(y + k), total);
  return sum<T>(total);
}

/** Largest modulus of n numbers; NaN if one is NaN. */
export function largest<T extends number>(x: usize, n: u32): T {
  let most: T = 0 as T;
  for (let i: u32 = 0; i < n; i++) {
    const value = abs<T>(at<T>(x, i));
    if (!(value <= most)) most = value;
  }
  return most;
}
