/** log x, log(1 + eˣ) and log cosh x on whole vectors. */
import { constant, madd } from "../lanes";
import {
  exp,
  HALF_LN2,
  HALF_LN2_HIGH_F32,
  HALF_LN2_HIGH_F64,
  HALF_LN2_LOW_F32,
  HALF_LN2_LOW_F64,
  ratio,
} from "./exponential";

/**
 * log(1 + f) + k ln 2 for √½ ≤ 1 + f ≤ √2: with s = f / (2 + f), log(1 + f) = f − f²/2 + s (f²/2 + R(s²)).
 * Polynomials R of musl's logf.c (error 2^−34) and fdlibm's e_log.c (error 2^−58).
 */
function logarithm<T extends number>(f: v128, k: v128): v128 {
  const s = v128.div<T>(f, v128.add<T>(constant<T>(2), f));
  const z = v128.mul<T>(s, s);
  let p: v128;
  if (sizeof<T>() == 4) {
    p = madd<T>(z, constant<T>(0.24279078841), constant<T>(0.28498786688));
    p = madd<T>(z, p, constant<T>(0.40000972152));
    p = madd<T>(z, p, constant<T>(0.66666662693));
  } else {
    p = madd<T>(z, constant<T>(0.14798198605116586), constant<T>(0.15313837699209373));
    p = madd<T>(z, p, constant<T>(0.1818357216161805));
    p = madd<T>(z, p, constant<T>(0.22222198432149784));
    p = madd<T>(z, p, constant<T>(0.2857142874366239));
    p = madd<T>(z, p, constant<T>(0.3999999999940942));
    p = madd<T>(z, p, constant<T>(0.6666666666666735));
  }
  const square = v128.mul<T>(v128.mul<T>(constant<T>(0.5), f), f);
  const high = constant<T>(2 * (sizeof<T>() == 4 ? HALF_LN2_HIGH_F32 : HALF_LN2_HIGH_F64));
  const low = constant<T>(2 * (sizeof<T>() == 4 ? HALF_LN2_LOW_F32 : HALF_LN2_LOW_F64));
  const tail = madd<T>(k, low, v128.mul<T>(s, madd<T>(z, p, square)));
  return v128.sub<T>(v128.mul<T>(k, high), v128.sub<T>(v128.sub<T>(square, tail), f));
}

/** log x: x = 2ᵏ (1 + f) with √½ ≤ 1 + f < √2. log(±0) = −∞, NaN below 0. */
export function log<T extends number>(x: v128): v128 {
  const tiny = v128.lt<T>(x, constant<T>(sizeof<T>() == 4 ? 1.1754943508222875e-38 : 2.2250738585072014e-308));
  const lift: f64 = sizeof<T>() == 4 ? 25 : 54; // denormals are multiplied by 2^lift first
  const lifted = v128.mul<T>(x, constant<T>(sizeof<T>() == 4 ? 33554432 : 18014398509481984));
  let y = v128.bitselect(lifted, x, tiny);
  let k: v128;
  if (sizeof<T>() == 4) {
    y = i32x4.add(y, i32x4.splat(0x3f800000 - 0x3f3504f3));
    k = v128.or(i32x4.shr_u(y, 23), i32x4.splat(0x4b000000)); // 2²³ + exponent
    y = i32x4.add(v128.and(y, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
    k = v128.sub<T>(k, constant<T>(8388608 + 127));
  } else {
    y = i64x2.add(y, i64x2.splat(0x3ff0000000000000 - 0x3fe6a09e00000000));
    k = v128.or(i64x2.shr_u(y, 52), i64x2.splat(0x4330000000000000)); // 2⁵² + exponent
    y = i64x2.add(v128.and(y, i64x2.splat(0x000fffffffffffff)), i64x2.splat(0x3fe6a09e00000000));
    k = v128.sub<T>(k, constant<T>(4503599627370496 + 1023));
  }
  k = v128.sub<T>(k, v128.and(tiny, constant<T>(lift)));
  const result = logarithm<T>(v128.sub<T>(y, constant<T>(1)), k);
  const zero = constant<T>(0);
  const ordinary = v128.and(v128.gt<T>(x, zero), v128.lt<T>(x, constant<T>(Infinity)));
  if (sizeof<T>() == 4 ? i32x4.all_true(ordinary) : i64x2.all_true(ordinary)) return result;
  const special = v128.bitselect(constant<T>(-Infinity), v128.sqrt<T>(x), v128.eq<T>(x, zero));
  return v128.bitselect(result, special, ordinary);
}

/** log(1 + eˣ) = max(x, 0) + log(1 + E), E = e^−|x|: k = 0, f = E or, above √2 − 1, k = 1, f = (E − 1)/2. */
export function softplus<T extends number>(x: v128): v128 {
  const one = constant<T>(1);
  const e = exp<T>(v128.neg<T>(v128.abs<T>(x)));
  const large = v128.gt<T>(e, constant<T>(0.41421356237309503));
  const f = v128.bitselect(v128.mul<T>(v128.sub<T>(e, one), constant<T>(0.5)), e, large);
  return v128.add<T>(v128.pmax<T>(x, constant<T>(0)), logarithm<T>(f, v128.and(large, one)));
}

/**
 * log cosh x. For |x| < ln 2, where it is small: log(1 + f) with f = cosh x − 1 = 8 t² / (1 − t²)², t = tanh(x/4) = r / q, q = 1 + ρ,
 * so f = 8 r² q² / (q² − r²)². Beyond: |x| − ln 2 + log(1 + e^(−2|x|)).
 */
export function log_cosh<T extends number>(x: v128): v128 {
  const r = v128.mul<T>(x, constant<T>(0.25));
  const u = v128.mul<T>(r, r);
  const q = v128.add<T>(constant<T>(1), ratio<T>(u));
  const square = v128.mul<T>(q, q);
  const gap = v128.sub<T>(square, u);
  const f = v128.div<T>(v128.mul<T>(v128.mul<T>(constant<T>(8), u), square), v128.mul<T>(gap, gap));
  const a = v128.abs<T>(x);
  const large = v128.add<T>(v128.sub<T>(a, constant<T>(2 * HALF_LN2)), softplus<T>(v128.mul<T>(a, constant<T>(-2))));
  return v128.bitselect(logarithm<T>(f, constant<T>(0)), large, v128.lt<T>(a, constant<T>(0.69)));
}
