/**
 * The implicit midpoint rule's equation, row by row: u = y + c f(u), c = h/2, with
 *   form 0 (field)      f(u) = σ(u A + b)             J = diag(σ') Aᵀ          A is n × n, in × out
 *   form 1 (gradient)   f(u) = −σ(u A + b) Aᵀ         J = −A diag(σ') Aᵀ       A is n × m
 * and the linear systems of its derivative, N x = r and Nᵀ x = r with N = I − c J.
 *
 * Simplified Newton first: M = I − c J with σ' replaced by ½, one factorisation for the whole batch. For σ' in [0, 1] and
 * antisymmetric A it contracts for every h, at the rate q = a/√(1 + a²), a = c‖A‖/2. Where q is above ½, Newton's method with
 * each row's own Jacobian, its step halved while the residual would grow (relu's J jumps). Both stop at round-off. Where
 * the halving gets stuck, as it may between kinks, the solution is followed from c = 0, where it is y, to c (Ortega &
 * Rheinboldt 1970, 7.5): for σ' ≥ 0 and an antisymmetric A, or a gradient, N is regular all the way.
 */
import { activate, activate_derivative } from "./activations";
import { madd, sum } from "./lanes";
import { rowBytes } from "./rows";

const SIMPLIFIED: i32 = 40;
const NEWTON: i32 = 60;
const HALVINGS: i32 = 30;
/** The shortest step of the continuation, as a part of c. */
const SHORTEST: f64 = 1.0 / 65536.0;

function epsilon<T extends number>(): T {
  return (sizeof<T>() == 4 ? 1.1920929e-7 : 2.220446049250313e-16) as T;
}

function at<T extends number>(x: usize, i: u32): T {
  return load<T>(x + usize(i) * sizeof<T>());
}

function put<T extends number>(x: usize, i: u32, value: T): void {
  store<T>(x + usize(i) * sizeof<T>(), value);
}

/** y <- y + c x over one padded row. */
function axpyRow<T extends number>(y: usize, c: T, x: usize, bytes: usize): void {
  const s = v128.splat<T>(c);
  for (let k: usize = 0; k < bytes; k += 16) v128.store(y + k, madd<T>(s, v128.load(x + k), v128.load(y + k)));
}

function dotRow<T extends number>(x: usize, y: usize, bytes: usize): T {
  let total = v128.splat<T>(0 as T);
  for (let k: usize = 0; k < bytes; k += 16) total = madd<T>(v128.load(x + k), v128.load(y + k), total);
  return sum<T>(total);
}

/** Largest modulus of n numbers; NaN if one is NaN. */
function largest<T extends number>(x: usize, n: u32): T {
  let most: T = 0 as T;
  for (let i: u32 = 0; i < n; i++) {
    const value = abs<T>(at<T>(x, i));
    if (!(value <= most)) most = value;
  }
  return most;
}

/** r <- r + c x from entry `first` to the end of the padded row. */
function eliminate<T extends number>(r: usize, c: T, x: usize, first: u32, bytes: usize): void {
  let k = usize(first) * sizeof<T>();
  const whole = min<usize>((k + 15) & ~usize(15), bytes);
  for (; k < whole; k += sizeof<T>()) store<T>(r + k, (load<T>(r + k) + c * load<T>(x + k)) as T);
  const factor = v128.splat<T>(c);
  for (; k < bytes; k += 16) v128.store(r + k, madd<T>(factor, v128.load(x + k), v128.load(r + k)));
}

/** Factors the n × n matrix at `a` in place, P A = L U with partial pivoting (Golub & Van Loan 2013, 3.4). */
function factor<T extends number>(a: usize, pivots: usize, n: u32): void {
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
function solve<T extends number>(x: usize, a: usize, pivots: usize, n: u32): void {
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
function solveTransposed<T extends number>(x: usize, a: usize, pivots: usize, n: u32): void {
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

/** N = I − c J for slopes s of one row; every slope ½ where s is 0. `w` is one row of m numbers for the products. */
function system<T extends number>(N: usize, A: usize, s: usize, w: usize, n: u32, m: u32, form: u32, c: T): void {
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
function residual<T extends number>(
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

/**
 * Newton's method for one row from x, each step halved until the residual falls. Returns whether it ended at round-off, or
 * with what is not finite; else x is the best iterate. `scratch` as in `implicit_midpoint`.
 */
function newton<T extends number>(
  x: usize,
  y: usize,
  A: usize,
  b: usize,
  scratch: usize,
  n: u32,
  m: u32,
  kind: i32,
  outputSaved: bool,
  form: u32,
  c: T,
): bool {
  const row = rowBytes<T>(n);
  const aRow = rowBytes<T>(m);
  const r = scratch;
  const d = r + row;
  const trial = d + row;
  const z = trial + 3 * row;
  const a = z + aRow;
  const s = a + aRow;
  const ones = s + aRow;
  const N = ones + aRow + usize(n) * row;
  const pivots = N + usize(n) * row + pivotBytes(n);
  const eps = epsilon<T>();
  residual<T>(r, z, a, x, y, A, b, n, m, kind, form, c);
  let size = largest<T>(r, n);
  let scale: T = (max<T>(largest<T>(y, n), largest<T>(x, n)) + size) as T;
  for (let k = 0; k < NEWTON; k++) {
    if (!(size > 4 * eps * scale)) return true;
    activate_derivative<T>(s, ones, outputSaved ? a : z, kind, 1, m, 0);
    system<T>(N, A, s, z, n, m, form, c);
    factor<T>(N, pivots, n);
    memory.copy(d, r, row);
    solve<T>(d, N, pivots, n);
    memory.copy(trial, x, row);
    let damping: T = 1 as T;
    let next = size;
    let better = false;
    for (let halvings = 0; halvings < HALVINGS && !better; halvings++) {
      memory.copy(x, trial, row);
      axpyRow<T>(x, damping, d, row);
      residual<T>(r, z, a, x, y, A, b, n, m, kind, form, c);
      next = largest<T>(r, n);
      better = next < size;
      damping = (damping * 0.5) as T;
    }
    if (!better) {
      memory.copy(x, trial, row);
      return !(size > 1000 * eps * scale);
    }
    scale = max<T>(scale, largest<T>(x, n)) as T;
    size = next;
  }
  return false;
}

/** Follows the solution from c = 0, where it is y, in steps that Newton's method can take. Returns whether c was reached. */
function follow<T extends number>(
  x: usize,
  y: usize,
  A: usize,
  b: usize,
  scratch: usize,
  n: u32,
  m: u32,
  kind: i32,
  outputSaved: bool,
  form: u32,
  c: T,
): bool {
  const row = rowBytes<T>(n);
  const kept = scratch + 3 * row;
  memory.copy(x, y, row);
  let t: f64 = 0;
  let step: f64 = 0.25;
  while (t < 1) {
    memory.copy(kept, x, row);
    const next = min<f64>(1, t + step);
    if (newton<T>(x, y, A, b, scratch, n, m, kind, outputSaved, form, (next * f64(c)) as T)) {
      t = next;
      step *= 2;
    } else {
      memory.copy(x, kept, row);
      step /= 4;
      if (step < SHORTEST) return false;
    }
  }
  return true;
}

function pivotBytes(n: u32): usize {
  return (usize(n) * 4 + 15) & ~usize(15);
}

/**
 * u = y + c f(u) for every row. `outputSaved`: whether σ' is a function of σ(z). Returns how many rows did not converge;
 * those are NaN. A row that holds NaN or infinity stays as it is. Scratch: five rows of n, four of m, two n × n matrices and
 * their pivots.
 */
export function implicit_midpoint<T extends number>(
  u: usize,
  y: usize,
  A: usize,
  b: usize,
  scratch: usize,
  rows: u32,
  n: u32,
  m: u32,
  kind: i32,
  outputSaved: bool,
  form: u32,
  c: T,
): u32 {
  const row = rowBytes<T>(n);
  const aRow = rowBytes<T>(m);
  const r = scratch;
  const d = r + row;
  const trial = d + row;
  const z = trial + 3 * row;
  const a = z + aRow;
  const ones = a + 2 * aRow;
  const M = ones + aRow;
  const pivots = M + 2 * usize(n) * row;
  memory.fill(ones, 0, aRow);
  for (let k: u32 = 0; k < m; k++) put<T>(ones, k, 1 as T);
  system<T>(M, A, 0, z, n, m, form, c);
  factor<T>(M, pivots, n);
  const eps = epsilon<T>();
  let failures: u32 = 0;
  for (let i: u32 = 0; i < rows; i++) {
    const x = u + usize(i) * row;
    const from = y + usize(i) * row;
    memory.copy(x, from, row);
    residual<T>(r, z, a, x, from, A, b, n, m, kind, form, c);
    let size = largest<T>(r, n);
    let done = false;
    let scale: T = (largest<T>(from, n) + size) as T;
    // Simplified Newton, while it at least halves the residual.
    for (let k = 0; k < SIMPLIFIED; k++) {
      if (!(size > 4 * eps * scale)) {
        done = true;
        break;
      }
      memory.copy(trial, x, row);
      memory.copy(d, r, row);
      solve<T>(d, M, pivots, n);
      axpyRow<T>(x, 1 as T, d, row);
      residual<T>(r, z, a, x, from, A, b, n, m, kind, form, c);
      const next = largest<T>(r, n);
      if (!(next < size)) {
        // At the level of round-off the better of the two is kept; elsewhere Newton goes on from it.
        memory.copy(x, trial, row);
        done = !(size > 64 * eps * scale);
        break;
      }
      const slow = next > 0.5 * size;
      scale = max<T>(scale, largest<T>(x, n));
      size = next;
      if (slow) break;
    }
    if (done) continue;
    if (newton<T>(x, from, A, b, scratch, n, m, kind, outputSaved, form, c)) continue;
    if (!follow<T>(x, from, A, b, scratch, n, m, kind, outputSaved, form, c)) {
      failures++;
      for (let k: u32 = 0; k < n; k++) put<T>(x, k, NaN as T);
    }
  }
  return failures;
}

/** x = N⁻¹ r, or N⁻ᵀ r, for every row, with that row's slopes s (rows × m). `scratch` as above. x may be r. */
export function implicit_solve<T extends number>(
  x: usize,
  r: usize,
  s: usize,
  A: usize,
  scratch: usize,
  rows: u32,
  n: u32,
  m: u32,
  form: u32,
  transposed: bool,
  c: T,
): void {
  const row = rowBytes<T>(n);
  const sRow = rowBytes<T>(m);
  const N = scratch;
  const w = N + usize(n) * row;
  const pivots = w + sRow;
  for (let i: u32 = 0; i < rows; i++) {
    system<T>(N, A, s + usize(i) * sRow, w, n, m, form, c);
    factor<T>(N, pivots, n);
    const at = x + usize(i) * row;
    memory.copy(at, r + usize(i) * row, row);
    if (transposed) solveTransposed<T>(at, N, pivots, n);
    else solve<T>(at, N, pivots, n);
  }
}
