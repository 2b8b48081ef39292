/** P A = L U with partial pivoting, and the systems A x = r, Aᵀ x = r (Golub & Van Loan 2013, 3.4). */
import { madd } from "../lanes";
import { rowBytes } from "../rows";
import { at, put } from "./row";

/** r <- r + c x from entry `first` to the end of the padded row. */
function eliminate<T extends number>(r: usize, c: T, x: usize, first: u32, bytes: usize): void {
  let k = usize(first) * sizeof<T>();
  const whole = min<usize>((k + 15) & ~usize(15), bytes);
  for (; k < whole; k += sizeof<T>()) store<T>(r + k, (load<T>(r + k) + c * load<T>(x + k)) as T);
  const factor = v128.splat<T>(c);
  for (; k < bytes; k += 16) v128.store(r + k, madd<T>(factor, v128.load(x + k), v128.load(r + k)));
}

/** Factors the n × n matrix at `a` in place, P A = L U. */
export function factor<T extends number>(a: usize, pivots: usize, n: u32): void {
  const row = rowBytes<T>(n);
  for (let k: u32 = 0; k < n; k++) {
    let p = k;
    for (let i = k + 1; i < n; i++) {
      if (abs<T>(at<T>(a + usize(i) * row, k)) > abs<T>(at<T>(a + usize(p) * row, k))) p = i;
    }
    store<u32>(pivots + (usize(k) << 2), p);
    const top = a + usize(k) * row;
    if (p != k) {
      const other = a + usize(p) * row;
      for (let c: usize = 0; c < row; c += 16) {
        const kept = v128.load(top + c);
        v128.store(top + c, v128.load(other + c));
        v128.store(other + c, kept);
      }
    }
    const pivot = at<T>(top, k);
    for (let i = k + 1; i < n; i++) {
      const r = a + usize(i) * row;
      const l = (at<T>(r, k) / pivot) as T;
      put<T>(r, k, l);
      eliminate<T>(r, -l as T, top, k + 1, row);
    }
  }
}

/** x <- A⁻¹ x. */
export function solve<T extends number>(x: usize, a: usize, pivots: usize, n: u32): void {
  const row = rowBytes<T>(n);
  for (let k: u32 = 0; k < n; k++) swap<T>(x, k, load<u32>(pivots + (usize(k) << 2)));
  for (let i: u32 = 1; i < n; i++) {
    let value = at<T>(x, i);
    for (let j: u32 = 0; j < i; j++) value = (value - at<T>(a + usize(i) * row, j) * at<T>(x, j)) as T;
    put<T>(x, i, value);
  }
  for (let i = n; i > 0; i--) {
    const r = a + usize(i - 1) * row;
    let value = at<T>(x, i - 1);
    for (let j = i; j < n; j++) value = (value - at<T>(r, j) * at<T>(x, j)) as T;
    put<T>(x, i - 1, (value / at<T>(r, i - 1)) as T);
  }
}

/** x <- A⁻ᵀ x. */
export function solveTransposed<T extends number>(x: usize, a: usize, pivots: usize, n: u32): void {
  const row = rowBytes<T>(n);
  for (let i: u32 = 0; i < n; i++) {
    let value = at<T>(x, i);
    for (let j: u32 = 0; j < i; j++) value = (value - at<T>(a + usize(j) * row, i) * at<T>(x, j)) as T;
    put<T>(x, i, (value / at<T>(a + usize(i) * row, i)) as T);
  }
  for (let i = n; i > 0; i--) {
    let value = at<T>(x, i - 1);
    for (let j = i; j < n; j++) value = (value - at<T>(a + usize(j) * row, i - 1) * at<T>(x, j)) as T;
    put<T>(x, i - 1, value);
  }
  for (let k = n; k > 0; k--) swap<T>(x, k - 1, load<u32>(pivots + (usize(k - 1) << 2)));
}

function swap<T extends number>(x: usize, i: u32, j: u32): void {
  const kept = at<T>(x, i);
  put<T>(x, i, at<T>(x, j));
  put<T>(x, j, kept);
}

/** Bytes of the list of pivots. */
export function pivotBytes(n: u32): usize {
  return (usize(n) * 4 + 15) & ~usize(15);
}
