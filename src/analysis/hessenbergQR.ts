/**
 * Eigenvalues of a real matrix: Householder's reduction to Hessenberg form, then Francis' double-shift QR steps (Golub & Van
 * Loan 2013, algorithms 7.4.2 and 7.5.1), eigenvalues only.
 *
 * Why not a library's: the usual translations of EISPACK's hqr2 take an entry below the diagonal for 0 only against its
 * neighbours on the diagonal, and have no limit. The diagonal of an antisymmetric matrix, our main case, is round-off: they
 * do not end. Here, after ten steps without success, small means small against ‖A‖, which is as accurate as the algorithm is.
 */
import { OdenetError } from "../core/errors.ts";

const EPSILON = 2 ** -52;
const PATIENCE = 10;
const LIMIT = 100;

export interface Roots {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** The eigenvalues of the n × n matrix `a` (row by row), which is overwritten. Throws `convergence` if 100 steps find none. */
export function hessenbergQR(a: Float64Array, n: number): Roots {
  reduce(a, n);
  const norm = Math.sqrt(a.reduce((s, v) => s + v * v, 0));
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  const at = (r: number, c: number): number => a[r * n + c] as number;
  let last = n - 1;
  let steps = 0;
  while (last >= 0) {
    let first = last;
    for (; first > 0; first--) {
      const neighbours = Math.abs(at(first - 1, first - 1)) + Math.abs(at(first, first));
      const size = steps < PATIENCE ? neighbours : Math.max(neighbours, norm);
      if (Math.abs(at(first, first - 1)) <= EPSILON * size) break;
    }
    if (first === last) {
      re[last--] = at(first, first);
      steps = 0;
    } else if (first === last - 1) {
      pair(at(first, first), at(first, last), at(last, first), at(last, last), re, im, first);
      last -= 2;
      steps = 0;
    } else {
      if (++steps > LIMIT) {
        throw new OdenetError("convergence", `eigenvalues: expected QR steps to converge, got none in ${LIMIT}.`);
      }
      francis(a, n, first, last, steps % PATIENCE === 0);
    }
  }
  return { re, im };
}

/** The eigenvalues of [[a, b], [c, d]] to places k and k + 1. */
function pair(a: number, b: number, c: number, d: number, re: Float64Array, im: Float64Array, k: number): void {
  const half = (a - d) / 2;
  const q = half * half + b * c;
  const root = Math.sqrt(Math.abs(q));
  if (q < 0) {
    re[k] = re[k + 1] = (a + d) / 2;
    im[k] = root;
    im[k + 1] = -root;
    return;
  }
  const z = half + (half < 0 ? -root : root);
  re[k] = d + z;
  re[k + 1] = z === 0 ? d : d - (b * c) / z;
}

/** v and 2 / vᵀv with (I − 2 v vᵀ / vᵀv) x = ± ‖x‖ e₁. */
function householder(x: readonly number[]): { v: number[]; factor: number } {
  const largest = Math.max(...x.map(Math.abs));
  const v = x.map((t) => (largest === 0 ? 0 : t / largest)); // squares of the smallest numbers would vanish
  const length = Math.sqrt(v.reduce((s, t) => s + t * t, 0));
  v[0] = (v[0] as number) + ((v[0] as number) < 0 ? -length : length);
  const squares = v.reduce((s, t) => s + t * t, 0);
  return { v, factor: squares === 0 ? 0 : 2 / squares };
}

/** A ← P A on rows [row, row + v.length) and columns [from, to). */
function left(
  a: Float64Array,
  n: number,
  v: readonly number[],
  factor: number,
  row: number,
  from: number,
  to: number,
): void {
  for (let c = from; c < to; c++) {
    let s = 0;
    for (let k = 0; k < v.length; k++) s += (v[k] as number) * (a[(row + k) * n + c] as number);
    s *= factor;
    for (let k = 0; k < v.length; k++) a[(row + k) * n + c] = (a[(row + k) * n + c] as number) - s * (v[k] as number);
  }
}

/** A ← A P on columns [column, column + v.length) and rows [from, to). */
function right(
  a: Float64Array,
  n: number,
  v: readonly number[],
  factor: number,
  column: number,
  from: number,
  to: number,
): void {
  for (let r = from; r < to; r++) {
    let s = 0;
    for (let k = 0; k < v.length; k++) s += (v[k] as number) * (a[r * n + column + k] as number);
    s *= factor;
    for (let k = 0; k < v.length; k++) a[r * n + column + k] = (a[r * n + column + k] as number) - s * (v[k] as number);
  }
}

function reduce(a: Float64Array, n: number): void {
  for (let k = 0; k + 2 < n; k++) {
    const { v, factor } = householder(Array.from({ length: n - k - 1 }, (_, i) => a[(k + 1 + i) * n + k] as number));
    left(a, n, v, factor, k + 1, k, n);
    right(a, n, v, factor, k + 1, 0, n);
    for (let r = k + 2; r < n; r++) a[r * n + k] = 0;
  }
}

/** One double-shift step on rows and columns first … last; now and then with the exceptional shift of EISPACK's hqr, against cycles. */
function francis(a: Float64Array, n: number, first: number, last: number, exceptional: boolean): void {
  const at = (r: number, c: number): number => a[r * n + c] as number;
  const [p, q] = [last - 1, last];
  const size = Math.abs(at(q, p)) + Math.abs(at(p, p - 1));
  const [s, t] = exceptional ? [at(q, q) + 0.75 * size, at(q, q) + 0.75 * size] : [at(p, p), at(q, q)];
  const product = exceptional ? -0.4375 * size * size : at(p, q) * at(q, p);
  const [f, g] = [first, first + 1];
  // The first column of (A − σ₁ I)(A − σ₂ I), by differences, since eigenvalues may be close to each other, and over a number
  // of its size, so that nothing over- or underflows.
  const [ds, dt] = [at(f, f) - s, at(f, f) - t];
  const scale = Math.abs(ds) + Math.abs(dt) + Math.sqrt(Math.abs(product)) + Math.abs(at(g, f));
  const below = at(g, f) / scale;
  let x = ds * (dt / scale) - product / scale + below * at(f, g);
  let y = below * (ds + (at(g, g) - t));
  let z = below * at(g + 1, g);
  for (let k = first; k < last; k++) {
    const { v, factor } = householder(k + 2 <= last ? [x, y, z] : [x, y]);
    left(a, n, v, factor, k, Math.max(k - 1, first), last + 1);
    right(a, n, v, factor, k, first, Math.min(k + 3, last) + 1);
    if (k > first) for (let r = k + 1; r < k + v.length; r++) a[r * n + k - 1] = 0;
    x = at(k + 1, k);
    y = k + 2 <= last ? at(k + 2, k) : 0;
    z = k + 3 <= last ? at(k + 3, k) : 0;
  }
}
