/**
 * eˣ and the logistic function on whole vectors.
 *
 * exp, tanh and sigmoid share one idea. With n = round(x / ln 2) and r = (x − n ln 2) / 2,
 *   eˣ = 2ⁿ (1 + ρ + r) / (1 + ρ − r),   ρ = r coth r − 1 (even in r, two coefficients in f32, five in f64).
 *
 * Error bounds in ulp, held by test/assembly/lanes.test.ts (f32, f64), results below the normal range included:
 *   tanh 2, 2; exp 1.5, 1.5; log 1, 1; sin and cos 2, 1; sigmoid 3, 3; softplus 2, 2.
 */
import { constant, madd } from "../lanes";

// Adding ROUND leaves the nearest integer n in the low bits, with the exponent's bias added: shifted left, they are 2ⁿ.
export const ROUND_F32: f64 = 12582912 + 127; // 1.5 · 2²³
export const ROUND_F64: f64 = 6755399441055744 + 1023; // 1.5 · 2⁵²

function rounder<T>(): v128 {
  return constant<T>(sizeof<T>() == 4 ? ROUND_F32 : ROUND_F64);
}

/** 2ⁿ from k = n + ROUND. */
export function power<T>(k: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.shl(k, 23) : i64x2.shl(k, 52);
}

const LOG2E: f64 = Math.LOG2E;
export const HALF_LN2: f64 = 0.5 * Math.LN2;
// ln 2 / 2 in two parts: n · HIGH is exact for every exponent n. (fdlibm's and musl's ln2HI, ln2LO, halved.)
export const HALF_LN2_HIGH_F32: f64 = 0.5 * 6.9314575195e-1;
export const HALF_LN2_LOW_F32: f64 = 0.5 * 1.4286067653e-6;
export const HALF_LN2_HIGH_F64: f64 = 0.5 * 0.6931471803691238;
export const HALF_LN2_LOW_F64: f64 = 0.5 * 1.9082149292705877e-10;

/**
 * ρ(u) = r coth r − 1 with u = r², |r| ≤ ln 2 / 4: u/3 − u²/45 + …
 * The polynomials of musl's expf.c (error 2^−27.7) and fdlibm's e_exp.c (error 2^−59), rescaled by powers of two from r to r/2.
 */
export function ratio<T>(u: v128): v128 {
  if (sizeof<T>() == 4) {
    return v128.mul<T>(u, madd<T>(u, constant<T>(8 * -2.7667332906e-3), constant<T>(2 * 1.666662544e-1)));
  }
  let p = madd<T>(u, constant<T>(512 * 4.1381367970572385e-8), constant<T>(128 * -1.6533902205465252e-6));
  p = madd<T>(u, p, constant<T>(32 * 6.613756321437934e-5));
  p = madd<T>(u, p, constant<T>(8 * -0.0027777777777015593));
  p = madd<T>(u, p, constant<T>(2 * 0.16666666666666602));
  return v128.mul<T>(u, p);
}

/** (x/2 − n ln 2 / 2), to the last bit. */
function reduce<T>(x: v128, n: v128): v128 {
  const high = constant<T>(sizeof<T>() == 4 ? HALF_LN2_HIGH_F32 : HALF_LN2_HIGH_F64);
  const low = constant<T>(sizeof<T>() == 4 ? HALF_LN2_LOW_F32 : HALF_LN2_LOW_F64);
  const half = v128.mul<T>(x, constant<T>(0.5));
  return v128.sub<T>(v128.sub<T>(half, v128.mul<T>(n, high)), v128.mul<T>(n, low));
}

/** x brought into [low, high]; NaN stays NaN. */
function clamp<T extends number>(x: v128, low: f64, high: f64): v128 {
  return v128.pmax<T>(v128.pmin<T>(x, constant<T>(high)), constant<T>(low));
}

// Below LOWEST eˣ rounds to 0, above HIGHEST to infinity.
function lowest<T extends number>(): f64 {
  return sizeof<T>() == 4 ? -105 : -746;
}

function highest<T extends number>(): f64 {
  return sizeof<T>() == 4 ? 89 : 710;
}

/** eˣ = 2ⁿ (1 + 2r / (1 + ρ − r)). The power is applied in two halves, so that neither overflows and underflow is gradual. */
export function exp<T extends number>(x: v128): v128 {
  const one = constant<T>(1);
  x = clamp<T>(x, lowest<T>(), highest<T>());
  const n = v128.sub<T>(madd<T>(x, constant<T>(LOG2E), rounder<T>()), rounder<T>());
  const r = reduce<T>(x, n);
  const rho = ratio<T>(v128.mul<T>(r, r));
  const y = v128.add<T>(one, v128.div<T>(v128.add<T>(r, r), v128.add<T>(one, v128.sub<T>(rho, r))));
  const k = madd<T>(n, constant<T>(0.5), rounder<T>());
  const rest = v128.add<T>(v128.sub<T>(n, v128.sub<T>(k, rounder<T>())), rounder<T>());
  return v128.mul<T>(v128.mul<T>(y, power<T>(k)), power<T>(rest));
}

/** 1 / (1 + e⁻ˣ) = s a / (s a + b) with eˣ = s a / b, s = 2ⁿ: no cancellation, small values keep their relative accuracy. */
export function sigmoid<T extends number>(x: v128): v128 {
  const one = constant<T>(1);
  x = clamp<T>(x, lowest<T>(), 40); // from 37 on, the value rounds to 1
  const n = v128.sub<T>(madd<T>(x, constant<T>(LOG2E), rounder<T>()), rounder<T>());
  const r = reduce<T>(x, n);
  const rho = ratio<T>(v128.mul<T>(r, r));
  const k = madd<T>(n, constant<T>(0.5), rounder<T>());
  const rest = power<T>(v128.add<T>(v128.sub<T>(n, v128.sub<T>(k, rounder<T>())), rounder<T>()));
  const a = v128.mul<T>(v128.add<T>(one, v128.add<T>(rho, r)), power<T>(k));
  const b = v128.add<T>(one, v128.sub<T>(rho, r));
  return v128.mul<T>(v128.div<T>(a, madd<T>(a, rest, b)), rest);
}
