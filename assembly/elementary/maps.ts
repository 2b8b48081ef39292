/** Elementary functions over arrays: what the library computes in place of JavaScript's, whose bits differ between engines. */
import { exp } from "./exponential";
import { log } from "./logarithm";
import { cos } from "./waves";

/** y = eˣ over n numbers; both padded to whole vectors. */
export function map_exp<T extends number>(y: usize, x: usize, n: u32): void {
  const end = x + usize(n) * sizeof<T>();
  for (; x < end; x += 16, y += 16) v128.store(y, exp<T>(v128.load(x)));
}

/** y = log x over n numbers; both padded to whole vectors. */
export function map_log<T extends number>(y: usize, x: usize, n: u32): void {
  const end = x + usize(n) * sizeof<T>();
  for (; x < end; x += 16, y += 16) v128.store(y, log<T>(v128.load(x)));
}

/** y = cos x over n numbers; both padded to whole vectors. */
export function map_cos<T extends number>(y: usize, x: usize, n: u32): void {
  const end = x + usize(n) * sizeof<T>();
  for (; x < end; x += 16, y += 16) v128.store(y, cos<T>(v128.load(x)));
}
