/**
 * Regularizers of θ, each one pass: value <- R(x) as f64 where `value` is not 0, and out <- out + dR(x) where `out` is not
 * 0, or, where a direction v is given, out <- out + d²R(x) v. For the quadratic ones d²R v is dR(v) without a reference.
 * Sums are made in double precision in ascending order. Zero padding gives zero: it stays zero.
 */
import { rowBytes } from "./rows";

function read<T extends number>(p: usize, i: usize): f64 {
  return f64(load<T>(p + i * sizeof<T>()));
}

function addTo<T extends number>(p: usize, i: usize, change: f64): void {
  const at = p + i * sizeof<T>();
  store<T>(at, (f64(load<T>(at)) + change) as T);
}

/** R = λ/2 Σ (x − r)²; `reference` 0 stands for r = 0. */
export function square<T extends number>(
  value: usize,
  out: usize,
  x: usize,
  reference: usize,
  lambda: f64,
  n: u32,
): void {
  let sum: f64 = 0;
  for (let i: usize = 0; i < usize(n); i++) {
    const d = read<T>(x, i) - (reference != 0 ? read<T>(reference, i) : 0);
    sum += d * d;
    if (out != 0) addTo<T>(out, i, lambda * d);
  }
  if (value != 0) store<f64>(value, 0.5 * lambda * sum);
}

/** R = λ/2 Σ_i (L (x − r))_i², L of m rows of n numbers; `operator` holds L, and r as its last row. */
export function operator_square<T extends number>(
  value: usize,
  out: usize,
  x: usize,
  operator: usize,
  lambda: f64,
  n: u32,
  m: u32,
  referenced: bool,
): void {
  const row = usize(n) * sizeof<T>();
  const reference = operator + usize(m) * row;
  let sum: f64 = 0;
  for (let i: u32 = 0; i < m; i++, operator += row) {
    let s: f64 = 0;
    for (let k: usize = 0; k < usize(n); k++) {
      s += read<T>(operator, k) * (read<T>(x, k) - (referenced ? read<T>(reference, k) : 0));
    }
    sum += s * s;
    if (out != 0) for (let k: usize = 0; k < usize(n); k++) addTo<T>(out, k, lambda * s * read<T>(operator, k));
  }
  if (value != 0) store<f64>(value, 0.5 * lambda * sum);
}

/** R = λ/2 Σ_j ‖x_{j+1} − x_j‖² over `count` sets of n numbers. */
export function difference_square<T extends number>(
  value: usize,
  out: usize,
  x: usize,
  lambda: f64,
  n: u32,
  count: u32,
): void {
  const step = usize(n);
  const end = step * usize(count - 1);
  let sum: f64 = 0;
  for (let i: usize = 0; i < end; i++) {
    const d = read<T>(x, i + step) - read<T>(x, i);
    sum += d * d;
    if (out != 0) {
      addTo<T>(out, i + step, lambda * d);
      addTo<T>(out, i, -lambda * d);
    }
  }
  if (value != 0) store<f64>(value, 0.5 * lambda * sum);
}

/** R = λ Σ ( √(x² + ε²) − ε ): dR = λ x/s, d²R v = λ ε²/s³ v with s = √(x² + ε²). */
export function smooth_absolute<T extends number>(
  value: usize,
  out: usize,
  x: usize,
  v: usize,
  lambda: f64,
  epsilon: f64,
  n: u32,
): void {
  const squared = epsilon * epsilon;
  let sum: f64 = 0;
  for (let i: usize = 0; i < usize(n); i++) {
    const a = read<T>(x, i);
    const s = Math.sqrt(a * a + squared);
    sum += (a * a) / (s + epsilon); // s − ε without cancellation
    if (out == 0) continue;
    if (v == 0) addTo<T>(out, i, (lambda * a) / s);
    else addTo<T>(out, i, ((lambda * squared) / (s * s * s)) * read<T>(v, i));
  }
  if (value != 0) store<f64>(value, lambda * sum);
}

const SWEEPS: u32 = 60;

/**
 * S = Q Λ Qᵀ by cyclic Jacobi rotations (Golub & Van Loan, algorithm 8.5.2); S becomes diagonal. Only + − × ÷ √, in a fixed
 * order: the same bits everywhere. Ends where every entry off the diagonal is negligible against the two it lies between.
 */
function jacobi(s: usize, q: usize, n: usize): void {
  for (let i: usize = 0; i < n * n; i++) store<f64>(q + (i << 3), i % (n + 1) == 0 ? 1 : 0);
  for (let sweep: u32 = 0; sweep < SWEEPS; sweep++) {
    let rotated = false;
    for (let a: usize = 0; a + 1 < n; a++) for (let b = a + 1; b < n; b++) if (rotate(s, q, n, a, b)) rotated = true;
    if (!rotated) return;
  }
}

function rotate(s: usize, q: usize, n: usize, a: usize, b: usize): bool {
  const sab = load<f64>(s + ((a * n + b) << 3));
  const saa = load<f64>(s + ((a * n + a) << 3));
  const sbb = load<f64>(s + ((b * n + b) << 3));
  if (!(Math.abs(sab) > 1e-17 * (Math.abs(saa) + Math.abs(sbb))) || Math.abs(sab) < 1e-300) return false;
  const tau = (sbb - saa) / (2 * sab);
  const t = (tau >= 0 ? 1.0 : -1.0) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const d = t * c;
  for (let k: usize = 0; k < n; k++) turn(s + ((k * n + a) << 3), s + ((k * n + b) << 3), c, d);
  for (let k: usize = 0; k < n; k++) turn(s + ((a * n + k) << 3), s + ((b * n + k) << 3), c, d);
  for (let k: usize = 0; k < n; k++) turn(q + ((k * n + a) << 3), q + ((k * n + b) << 3), c, d);
  store<f64>(s + ((a * n + b) << 3), 0);
  store<f64>(s + ((b * n + a) << 3), 0);
  return true;
}

function turn(x: usize, y: usize, c: f64, d: f64): void {
  const u = load<f64>(x);
  const v = load<f64>(y);
  store<f64>(x, c * u - d * v);
  store<f64>(y, d * u + c * v);
}

/** The symmetric part of a padded n × n matrix, in f64. */
function symmetric_part<T extends number>(s: usize, k: usize, n: usize): void {
  const row = rowBytes<T>(u32(n));
  for (let i: usize = 0; i < n; i++) {
    for (let j: usize = 0; j < n; j++) {
      const a = f64(load<T>(k + i * row + j * sizeof<T>()));
      const b = f64(load<T>(k + j * row + i * sizeof<T>()));
      store<f64>(s + ((i * n + j) << 3), 0.5 * (a + b));
    }
  }
}

/**
 * R = λ/2 Σ_j ‖P₊(½ (K_j + K_jᵀ))‖_F² over `count` padded n × n matrices, P₊ = Q max(Λ, 0) Qᵀ: dR = λ P₊, and
 * d²R V = λ Q (Γ ∘ Qᵀ V Q) Qᵀ with V symmetric and Γ_ab = (max(λ_a, 0) − max(λ_b, 0)) / (λ_a − λ_b), or 1 or 0 where the two
 * are equal. K <- K − P₊ is this with out = x, λ = −1. `scratch`: 4 n² f64.
 */
export function stability<T extends number>(
  value: usize,
  out: usize,
  x: usize,
  v: usize,
  scratch: usize,
  lambda: f64,
  n: u32,
  count: u32,
): void {
  const m = usize(n);
  const q = scratch + ((m * m) << 3);
  const w = q + ((m * m) << 3);
  const rest = w + ((m * m) << 3);
  const size = m * rowBytes<T>(n);
  let sum: f64 = 0;
  for (let j: usize = 0; j < usize(count); j++) {
    symmetric_part<T>(scratch, x + j * size, m);
    jacobi(scratch, q, m);
    for (let a: usize = 0; a < m; a++) {
      const positive = Math.max(load<f64>(scratch + ((a * m + a) << 3)), 0);
      sum += positive * positive;
    }
    if (out == 0) continue;
    if (v == 0) {
      for (let i: usize = 0; i < m * m; i++) store<f64>(w + (i << 3), 0);
      for (let a: usize = 0; a < m; a++) {
        store<f64>(w + ((a * m + a) << 3), Math.max(load<f64>(scratch + ((a * m + a) << 3)), 0));
      }
    } else curve<T>(w, scratch, q, v + j * size, rest, m);
    conjugate<T>(out + j * size, w, q, rest, lambda, m);
  }
  if (value != 0) store<f64>(value, 0.5 * lambda * sum);
}

/** w <- Γ ∘ (Qᵀ V Q), V the symmetric part of v; `rest` (n² f64) takes V Q. */
function curve<T extends number>(w: usize, s: usize, q: usize, v: usize, rest: usize, n: usize): void {
  const row = rowBytes<T>(u32(n));
  for (let i: usize = 0; i < n; i++) {
    for (let b: usize = 0; b < n; b++) {
      let sum: f64 = 0;
      for (let k: usize = 0; k < n; k++) {
        const one = f64(load<T>(v + i * row + k * sizeof<T>()));
        const other = f64(load<T>(v + k * row + i * sizeof<T>()));
        sum += 0.5 * (one + other) * load<f64>(q + ((k * n + b) << 3));
      }
      store<f64>(rest + ((i * n + b) << 3), sum);
    }
  }
  for (let a: usize = 0; a < n; a++) {
    for (let b: usize = 0; b < n; b++) {
      const la = load<f64>(s + ((a * n + a) << 3));
      const lb = load<f64>(s + ((b * n + b) << 3));
      let gamma: f64 = la > 0 && lb > 0 ? 1 : 0;
      if (la > 0 != lb > 0) gamma = (Math.max(la, 0) - Math.max(lb, 0)) / (la - lb);
      let sum: f64 = 0;
      for (let i: usize = 0; i < n; i++) {
        sum += load<f64>(q + ((i * n + a) << 3)) * load<f64>(rest + ((i * n + b) << 3));
      }
      store<f64>(w + ((a * n + b) << 3), gamma * sum);
    }
  }
}

/** out <- out + λ Q W Qᵀ, out a padded matrix; `rest` (n² f64) takes W Qᵀ. */
function conjugate<T extends number>(out: usize, w: usize, q: usize, rest: usize, lambda: f64, n: usize): void {
  const row = rowBytes<T>(u32(n));
  for (let a: usize = 0; a < n; a++) {
    for (let k: usize = 0; k < n; k++) {
      let sum: f64 = 0;
      for (let b: usize = 0; b < n; b++) sum += load<f64>(w + ((a * n + b) << 3)) * load<f64>(q + ((k * n + b) << 3));
      store<f64>(rest + ((a * n + k) << 3), sum);
    }
  }
  for (let i: usize = 0; i < n; i++) {
    for (let k: usize = 0; k < n; k++) {
      let sum: f64 = 0;
      for (let a: usize = 0; a < n; a++) {
        sum += load<f64>(q + ((i * n + a) << 3)) * load<f64>(rest + ((a * n + k) << 3));
      }
      const at = out + i * row + k * sizeof<T>();
      store<T>(at, (f64(load<T>(at)) + lambda * sum) as T);
    }
  }
}
