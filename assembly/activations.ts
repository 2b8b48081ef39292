/**
 * Activations σ and their derivatives over rows × columns matrices.
 *
 * Rows are padded to whole 16-byte vectors, so a matrix is one flat run of vectors. Padding is zero on input and on output:
 * where σ(0) ≠ 0 the last vector of each row is masked afterwards. Addresses are 16-byte aligned; beta is 0 (store) or 1 (add).
 */
import { sigmoid } from "./elementary/exponential";
import { log_cosh, softplus } from "./elementary/logarithm";
import { tanh } from "./elementary/tanh";
import { cos, sin, sin_cos } from "./elementary/waves";
import { constant, madd } from "./lanes";
import { tanh_rows2, tanh_rows3 } from "./narrow";
import { Activation } from "./opcodes";

const ETA: f64 = 0.1; // half width of smoothRelu's parabola
const PI_SQUARED_OVER_6: f64 = 1.6449340668482264;

/** Bytes of a matrix, padding included. */
function extent<T extends number>(rows: u32, columns: u32): usize {
  return usize(rows) * ((usize(columns) * sizeof<T>() + 15) & ~15);
}

/** Zeroes the padding of every row. */
function clear_padding<T extends number>(y: usize, rows: u32, columns: u32): void {
  const used = (usize(columns) * sizeof<T>()) & 15;
  if (used == 0) return;
  const stride = (usize(columns) * sizeof<T>() + 15) & ~15;
  let mask: v128;
  if (sizeof<T>() == 4) mask = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(i32(used >> 2)));
  else mask = i64x2(-1, 0);
  const end = y + usize(rows) * stride;
  for (let last = y + stride - 16; last < end; last += stride) v128.store(last, v128.and(v128.load(last), mask));
}

/** max(x, 0); NaN stays NaN. */
function relu<T extends number>(x: v128): v128 {
  return v128.pmax<T>(x, constant<T>(0));
}

/** σ(x) = (x + η)² / (4η) for |x| ≤ η, else max(x, 0). */
function smooth_relu<T extends number>(x: v128): v128 {
  const shifted = v128.add<T>(x, constant<T>(ETA));
  const parabola = v128.mul<T>(v128.mul<T>(shifted, shifted), constant<T>(1 / (4 * ETA)));
  return v128.bitselect(parabola, relu<T>(x), v128.le<T>(v128.abs<T>(x), constant<T>(ETA)));
}

/** σ'(x) = (x + η) / (2η) for |x| ≤ η, else 1 or 0. */
function smooth_step<T extends number>(x: v128): v128 {
  const line = v128.mul<T>(v128.add<T>(x, constant<T>(ETA)), constant<T>(1 / (2 * ETA)));
  const step = v128.and(v128.gt<T>(x, constant<T>(0)), constant<T>(1));
  return v128.bitselect(line, step, v128.le<T>(v128.abs<T>(x), constant<T>(ETA)));
}

/** y = σ(x). y may be x. */
export function activate<T extends number>(y: usize, x: usize, kind: i32, rows: u32, columns: u32): void {
  const start = y;
  const end = y + extent<T>(rows, columns);
  switch (kind) {
    case Activation.Tanh:
      if (sizeof<T>() == 4 && (columns == 2 || columns == 3)) {
        if (columns == 2) tanh_rows2(y, x, rows);
        else tanh_rows3(y, x, rows);
        x += usize(rows & ~3) << 4;
        y += usize(rows & ~3) << 4;
      }
      // Two vectors a turn share the constants of tanh (f32, Node 20: 1.1 ns an element instead of 1.7).
      for (; y + 16 < end; y += 32, x += 32) {
        v128.store(y, tanh<T>(v128.load(x)));
        v128.store(y, tanh<T>(v128.load(x, 16)), 16);
      }
      if (y < end) v128.store(y, tanh<T>(v128.load(x)));
      return;
    case Activation.Relu:
      for (; y < end; y += 16, x += 16) v128.store(y, relu<T>(v128.load(x)));
      return;
    case Activation.Identity:
      if (y != x) memory.copy(y, x, end - y);
      return;
    case Activation.Sin:
      for (; y < end; y += 16, x += 16) v128.store(y, sin<T>(v128.load(x)));
      return;
    case Activation.Sigmoid:
      for (; y < end; y += 16, x += 16) v128.store(y, sigmoid<T>(v128.load(x)));
      break;
    case Activation.Softplus:
      for (; y < end; y += 16, x += 16) v128.store(y, softplus<T>(v128.load(x)));
      break;
    case Activation.SmoothRelu:
      for (; y < end; y += 16, x += 16) v128.store(y, smooth_relu<T>(v128.load(x)));
      break;
  }
  clear_padding<T>(start, rows, columns);
}

/**
 * out = beta out + u ∘ σ'(x), from the saved s: the output σ(x) for tanh (1 − s²), relu (s > 0), identity (1), sigmoid (s (1 − s));
 * the input x for softplus (sigmoid x), sin (cos x), smoothRelu. out may be u. Zero padding of u keeps the padding zero.
 */
export function activate_derivative<T extends number>(
  out: usize,
  u: usize,
  s: usize,
  kind: i32,
  rows: u32,
  columns: u32,
  beta: i32,
): void {
  const one = constant<T>(1);
  const kept = i32x4.splat(beta ? -1 : 0); // beta out, as a mask: with beta = 0 whatever was there is ignored
  const end = out + extent<T>(rows, columns);
  switch (kind) {
    case Activation.Tanh:
      for (; out < end; out += 16, u += 16, s += 16) {
        const t = v128.load(s);
        const slope = v128.sub<T>(one, v128.mul<T>(t, t));
        v128.store(out, madd<T>(v128.load(u), slope, v128.and(v128.load(out), kept)));
      }
      return;
    case Activation.Relu:
      for (; out < end; out += 16, u += 16, s += 16) {
        const chosen = v128.and(v128.load(u), v128.gt<T>(v128.load(s), constant<T>(0)));
        v128.store(out, v128.add<T>(chosen, v128.and(v128.load(out), kept)));
      }
      return;
    case Activation.Identity:
      for (; out < end; out += 16, u += 16) {
        v128.store(out, v128.add<T>(v128.load(u), v128.and(v128.load(out), kept)));
      }
      return;
    case Activation.Sigmoid:
      for (; out < end; out += 16, u += 16, s += 16) {
        const t = v128.load(s);
        const slope = v128.mul<T>(t, v128.sub<T>(one, t));
        v128.store(out, madd<T>(v128.load(u), slope, v128.and(v128.load(out), kept)));
      }
      return;
    case Activation.Softplus:
      for (; out < end; out += 16, u += 16, s += 16) {
        v128.store(out, madd<T>(v128.load(u), sigmoid<T>(v128.load(s)), v128.and(v128.load(out), kept)));
      }
      return;
    case Activation.Sin:
      for (; out < end; out += 16, u += 16, s += 16) {
        v128.store(out, madd<T>(v128.load(u), cos<T>(v128.load(s)), v128.and(v128.load(out), kept)));
      }
      return;
    case Activation.SmoothRelu:
      for (; out < end; out += 16, u += 16, s += 16) {
        v128.store(out, madd<T>(v128.load(u), smooth_step<T>(v128.load(s)), v128.and(v128.load(out), kept)));
      }
      return;
  }
}

/**
 * y = σ(x) and d = σ'(x), which is what `saved` says: x or y, as for activate_derivative. d is 1 or σ'(0) in the padding. Neither
 * y nor d may be x.
 */
export function activate_with_slope<T extends number>(
  y: usize,
  d: usize,
  x: usize,
  saved: usize,
  kind: i32,
  rows: u32,
  columns: u32,
): void {
  const end = d + extent<T>(rows, columns);
  if (kind == Activation.Sin) {
    for (; d < end; y += 16, d += 16, x += 16) sin_cos<T>(y, d, v128.load(x));
    return;
  }
  activate<T>(y, x, kind, rows, columns);
  for (let to = d; to < end; to += 16) v128.store(to, constant<T>(1));
  activate_derivative<T>(d, d, saved, kind, rows, columns, 0);
}

/**
 * out = beta out + u ∘ v ∘ dσ'/ds, the derivative of the slope with respect to the saved s itself: tanh −2 s, sigmoid 1 − 2 s,
 * softplus p (1 − p) with p = sigmoid x, sin −sin x, smoothRelu 1/(2η) for |x| ≤ η, relu and identity 0. out may be u or v.
 */
export function activate_second<T extends number>(
  out: usize,
  u: usize,
  v: usize,
  s: usize,
  kind: i32,
  rows: u32,
  columns: u32,
  beta: i32,
): void {
  const one = constant<T>(1);
  const kept = i32x4.splat(beta ? -1 : 0);
  const end = out + extent<T>(rows, columns);
  switch (kind) {
    case Activation.Tanh:
      for (; out < end; out += 16, u += 16, v += 16, s += 16) {
        const curvature = v128.mul<T>(constant<T>(-2), v128.load(s));
        const both = v128.mul<T>(v128.load(u), v128.load(v));
        v128.store(out, madd<T>(both, curvature, v128.and(v128.load(out), kept)));
      }
      return;
    case Activation.Relu:
    case Activation.Identity:
      if (beta == 0) memory.fill(out, 0, end - out);
      return;
    case Activation.Sigmoid:
      for (; out < end; out += 16, u += 16, v += 16, s += 16) {
        const t = v128.load(s);
        const curvature = v128.sub<T>(one, v128.add<T>(t, t));
        const both = v128.mul<T>(v128.load(u), v128.load(v));
        v128.store(out, madd<T>(both, curvature, v128.and(v128.load(out), kept)));
      }
      return;
    case Activation.Softplus:
      for (; out < end; out += 16, u += 16, v += 16, s += 16) {
        const x = v128.load(s);
        // 1 − p = sigmoid(−x) keeps the relative accuracy where p rounds to 1.
        const curvature = v128.mul<T>(sigmoid<T>(x), sigmoid<T>(v128.neg<T>(x)));
        const both = v128.mul<T>(v128.load(u), v128.load(v));
        v128.store(out, madd<T>(both, curvature, v128.and(v128.load(out), kept)));
      }
      return;
    case Activation.Sin:
      for (; out < end; out += 16, u += 16, v += 16, s += 16) {
        const both = v128.mul<T>(v128.load(u), v128.load(v));
        v128.store(out, v128.sub<T>(v128.and(v128.load(out), kept), v128.mul<T>(both, sin<T>(v128.load(s)))));
      }
      return;
    case Activation.SmoothRelu:
      for (; out < end; out += 16, u += 16, v += 16, s += 16) {
        const inside = v128.le<T>(v128.abs<T>(v128.load(s)), constant<T>(ETA));
        const curvature = v128.and(inside, constant<T>(1 / (2 * ETA)));
        const both = v128.mul<T>(v128.load(u), v128.load(v));
        v128.store(out, madd<T>(both, curvature, v128.and(v128.load(out), kept)));
      }
      return;
  }
}

/** −Li₂(−eˣ), the antiderivative of softplus. For x ≤ 0, with w = log(1 + eˣ): w + w²/4 + Σ B₂ₖ w^(2k+1) / (2k+1)!, nine terms. */
function dilogarithm<T extends number>(x: v128): v128 {
  const w = softplus<T>(v128.neg<T>(v128.abs<T>(x)));
  const z = v128.mul<T>(w, w);
  let p = constant<T>(4.518980029619918e-16);
  p = madd<T>(z, p, constant<T>(-1.9939295860721074e-14));
  p = madd<T>(z, p, constant<T>(8.921691020456452e-13));
  p = madd<T>(z, p, constant<T>(-4.0647616451442256e-11));
  p = madd<T>(z, p, constant<T>(1.8978869988971e-9));
  p = madd<T>(z, p, constant<T>(-9.185773074661964e-8));
  p = madd<T>(z, p, constant<T>(1 / 211680.0));
  p = madd<T>(z, p, constant<T>(-1 / 3600.0));
  p = madd<T>(z, p, constant<T>(1 / 36.0));
  const negative = madd<T>(v128.mul<T>(z, w), p, madd<T>(z, constant<T>(0.25), w));
  // F(x) = π²/6 + x²/2 − F(−x).
  const square = madd<T>(v128.mul<T>(x, x), constant<T>(0.5), constant<T>(PI_SQUARED_OVER_6));
  return v128.bitselect(v128.sub<T>(square, negative), negative, v128.gt<T>(x, constant<T>(0)));
}

/** 0 below −η, (x + η)³ / (12η) for |x| ≤ η, x²/2 + η²/6 above. */
function smooth_relu_antiderivative<T extends number>(x: v128): v128 {
  const shifted = v128.add<T>(x, constant<T>(ETA));
  const cubic = v128.mul<T>(v128.mul<T>(v128.mul<T>(shifted, shifted), shifted), constant<T>(1 / (12 * ETA)));
  const positive = relu<T>(x);
  const square = madd<T>(v128.mul<T>(positive, positive), constant<T>(0.5), constant<T>((ETA * ETA) / 6));
  const outside = v128.andnot(square, v128.lt<T>(x, constant<T>(-ETA)));
  return v128.bitselect(cubic, outside, v128.le<T>(v128.abs<T>(x), constant<T>(ETA)));
}

/** y = Σ(x) with Σ' = σ: log cosh, max(x,0)²/2, x²/2, softplus, −Li₂(−eˣ), 1 − cos x, and smoothRelu's. y may be x. */
export function activate_antiderivative<T extends number>(
  y: usize,
  x: usize,
  kind: i32,
  rows: u32,
  columns: u32,
): void {
  const half = constant<T>(0.5);
  const start = y;
  const end = y + extent<T>(rows, columns);
  switch (kind) {
    case Activation.Tanh:
      for (; y < end; y += 16, x += 16) v128.store(y, log_cosh<T>(v128.load(x)));
      return;
    case Activation.Relu:
      for (; y < end; y += 16, x += 16) {
        const positive = relu<T>(v128.load(x));
        v128.store(y, v128.mul<T>(v128.mul<T>(positive, half), positive));
      }
      return;
    case Activation.Identity:
      for (; y < end; y += 16, x += 16) {
        const value = v128.load(x);
        v128.store(y, v128.mul<T>(v128.mul<T>(value, half), value));
      }
      return;
    case Activation.Sin:
      // 1 − cos x = 2 sin²(x/2).
      for (; y < end; y += 16, x += 16) {
        const wave = sin<T>(v128.mul<T>(v128.load(x), half));
        v128.store(y, v128.mul<T>(v128.add<T>(wave, wave), wave));
      }
      return;
    case Activation.Sigmoid:
      for (; y < end; y += 16, x += 16) v128.store(y, softplus<T>(v128.load(x)));
      break;
    case Activation.Softplus:
      for (; y < end; y += 16, x += 16) v128.store(y, dilogarithm<T>(v128.load(x)));
      break;
    case Activation.SmoothRelu:
      for (; y < end; y += 16, x += 16) v128.store(y, smooth_relu_antiderivative<T>(v128.load(x)));
      break;
  }
  clear_padding<T>(start, rows, columns);
}
