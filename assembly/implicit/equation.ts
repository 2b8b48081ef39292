/**
 * The equation of one row and its matrix: u = y + c f(u), c = h/2, with
 *   form 0 (field)      f(u) = σ(u A + b)             J = diag(σ') Aᵀ          A is n × n, in × out
 *   form 1 (gradient)   f(u) = −σ(u A + b) Aᵀ         J = −A diag(σ') Aᵀ       A is n × m
 * and N = I − c J.
 */
import { activate } from "../activations.generated";
import { rowBytes } from "../rows";
import { at, axpyRow, dotRow, put } from "./row";

/** N = I − c J for slopes s of one row; every slope ½ where s is 0. `w` is one row of m numbers for the products. */
export function system<T extends number>(
  N: usize,
  A: usize,
  s: usize,
  w: usize,
  n: u32,
  m: u32,
  form: u32,
  c: T,
): void {
  const row = rowBytes<T>(n);
  const aRow = rowBytes<T>(m);
  memory.fill(N, 0, usize(n) * row);
  for (let i: u32 = 0; i < n; i++) {
    const target = N + usize(i) * row;
    if (form == 0) {
      const slope: T = s == 0 ? (0.5 as T) : at<T>(s, i);
      const factor = (-c * slope) as T;
      for (let j: u32 = 0; j < n; j++) put<T>(target, j, (factor * at<T>(A + usize(j) * aRow, i)) as T);
    } else {
      // Row i of A diag(s) Aᵀ, which is symmetric.
      const from = A + usize(i) * aRow;
      const half = v128.splat<T>(0.5 as T);
      for (let k: usize = 0; k < aRow; k += 16) {
        v128.store(w + k, v128.mul<T>(v128.load(from + k), s == 0 ? half : v128.load(s + k)));
      }
      for (let j: u32 = 0; j <= i; j++) {
        const value = (c * dotRow<T>(w, A + usize(j) * aRow, aRow)) as T;
        put<T>(target, j, value);
        put<T>(N + usize(j) * row, i, value);
      }
    }
  }
  for (let i: u32 = 0; i < n; i++) put<T>(N + usize(i) * row, i, (at<T>(N + usize(i) * row, i) + (1 as T)) as T);
}

/** z = u A + b, a = σ(z), r = y + c f(u) − u for one row. */
export function residual<T extends number>(
  r: usize,
  z: usize,
  a: usize,
  u: usize,
  y: usize,
  A: usize,
  b: usize,
  n: u32,
  m: u32,
  kind: i32,
  form: u32,
  c: T,
): void {
  const aRow = rowBytes<T>(m);
  const row = rowBytes<T>(n);
  if (b != 0) memory.copy(z, b, aRow);
  else memory.fill(z, 0, aRow);
  for (let k: u32 = 0; k < n; k++) axpyRow<T>(z, at<T>(u, k), A + usize(k) * aRow, aRow);
  activate<T>(a, z, kind, 1, m);
  if (form == 0) {
    memory.copy(r, y, row);
    axpyRow<T>(r, c, a, row);
  } else {
    memory.fill(r, 0, row);
    for (let k: u32 = 0; k < n; k++) {
      put<T>(r, k, (at<T>(y, k) - c * dotRow<T>(A + usize(k) * aRow, a, aRow)) as T);
    }
  }
  axpyRow<T>(r, -1 as T, u, row);
}
