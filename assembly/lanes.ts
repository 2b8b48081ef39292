/**
 * Elementary functions on whole vectors: four f32 or two f64 numbers at once.
 *
 * exp, tanh and sigmoid share one idea. With n = round(x / ln 2) and r = (x − n ln 2) / 2,
 *   eˣ = 2ⁿ (1 + ρ + r) / (1 + ρ − r),   ρ = r coth r − 1 (even in r, two coefficients in f32, five in f64).
 *
 * Error bounds in ulp, held by test/assembly/lanes.test.ts (f32, f64), results below the normal range included:
 *   tanh 2, 2; exp 1.5, 1.5; log 1, 1; sin and cos 2, 1; sigmoid 3, 3; softplus 2, 2.
 * Every multiplication and addition is rounded (no FMA), so the bits are the same on every engine. The relaxed build is
 * compiled from the same source with the feature relaxed-simd: there `madd` alone differs, and the bits with the machine.
 */

/** The number `value` in every lane. */
function constant<T>(value: f64): v128 {
  return sizeof<T>() == 4 ? v128.splat<f32>(f32(value)) : v128.splat<f64>(value);
}

/** a b + c, rounded twice; in the relaxed build once or twice, as the machine likes. */
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}

/** Sum of the lanes, halves first: (v₀ + v₂) + (v₁ + v₃), or v₀ + v₁. */
export function sum<T>(v: v128): T {
  v = v128.add<T>(v, v128.shuffle<i64>(v, v, 1, 0));
  if (sizeof<T>() == 4) v = v128.add<T>(v, v128.shuffle<i32>(v, v, 1, 0, 3, 2));
  return v128.extract_lane<T>(v, 0);
}

// Adding ROUND leaves the nearest integer n in the low bits, with the exponent's bias added: shifted left, they are 2ⁿ.
const ROUND_F32: f64 = 12582912 + 127; // 1.5 · 2²³
const ROUND_F64: f64 = 6755399441055744 + 1023; // 1.5 · 2⁵²

function rounder<T>(): v128 {
  return constant<T>(sizeof<T>() == 4 ? ROUND_F32 : ROUND_F64);
}

/** 2ⁿ from k = n + ROUND. */
function power<T>(k: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.shl(k, 23) : i64x2.shl(k, 52);
}

const LOG2E: f64 = Math.LOG2E;
const HALF_LN2: f64 = 0.5 * Math.LN2;
// ln 2 / 2 in two parts: n · HIGH is exact for every exponent n. (fdlibm's and musl's ln2HI, ln2LO, halved.)
const HALF_LN2_HIGH_F32: f64 = 0.5 * 6.9314575195e-1;
const HALF_LN2_LOW_F32: f64 = 0.5 * 1.4286067653e-6;
const HALF_LN2_HIGH_F64: f64 = 0.5 * 0.6931471803691238;
const HALF_LN2_LOW_F64: f64 = 0.5 * 1.9082149292705877e-10;

/**
 * ρ(u) = r coth r − 1 with u = r², |r| ≤ ln 2 / 4: u/3 − u²/45 + …
 * The polynomials of musl's expf.c (error 2^−27.7) and fdlibm's e_exp.c (error 2^−59), rescaled by powers of two from r to r/2.
 */
function ratio<T>(u: v128): v128 {
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

/**
 * ρ as above, for |r| ≤ 0.2554 and a little beyond: minimax fits of (1 + ρ) with relative error 2^−25.4 (f32) and 2^−71 (f64), by
 * iteratively reweighted least squares.
 */
function wide_ratio<T>(u: v128): v128 {
  if (sizeof<T>() == 4) {
    return v128.mul<T>(u, madd<T>(u, constant<T>(-0.022031761708102348), constant<T>(0.33332951079624973)));
  }
  let p = madd<T>(u, constant<T>(2.1361271357538404e-7), constant<T>(-2.1638169458355657e-6));
  p = madd<T>(u, p, constant<T>(2.1377767418037905e-5));
  p = madd<T>(u, p, constant<T>(-2.116402106969413e-4));
  p = madd<T>(u, p, constant<T>(2.116402116387119e-3));
  p = madd<T>(u, p, constant<T>(-2.222222222222211e-2));
  p = madd<T>(u, p, constant<T>(3.333333333333333e-1));
  return v128.mul<T>(u, p);
}

/**
 * tanh x for x ≥ 0 (the sign is put back last), one division. With r = x − n ln 2 / 2, q = r coth r and s = 2ⁿ / 2,
 *   tanh x = (e²ˣ − 1) / (e²ˣ + 1) = t / (t + q − r),   t = (s − ½) q + (s + ½) r.
 * Written so, the rounding errors of t are damped by 1 − tanh x. Below 0.2554, n = 0, t = r, and the denominator is q alone.
 * n = round(2.7 x) instead of round(2 x / ln 2) puts the change from n = 1 to n = 2 behind tanh x = ½, where an ulp doubles; the
 * larger |r| that this makes for large x meets an error damped by e^(−2x). One part of ln 2 is enough: an error of half an ulp in
 * x is damped by x (1 − tanh² x) / tanh x < 1.
 */
export function tanh<T extends number>(x: v128): v128 {
  const saturation = constant<T>(sizeof<T>() == 4 ? 10 : 20); // tanh rounds to 1 from 9.02 (f32) and 19.07 (f64) on
  const round = constant<T>((sizeof<T>() == 4 ? ROUND_F32 : ROUND_F64) - 1); // one less: s is 2ⁿ / 2
  const half = constant<T>(0.5);
  const a = v128.pmin<T>(v128.abs<T>(x), saturation);
  const large = v128.gt<T>(a, constant<T>(0.2554));
  const k = madd<T>(v128.and(a, large), constant<T>(2.7), round);
  const r = v128.sub<T>(a, v128.mul<T>(v128.sub<T>(k, round), constant<T>(HALF_LN2)));
  const q = v128.add<T>(constant<T>(1), wide_ratio<T>(v128.mul<T>(r, r)));
  const s = power<T>(k);
  const t = v128.add<T>(v128.mul<T>(v128.sub<T>(s, half), q), v128.mul<T>(v128.add<T>(s, half), r));
  const denominator = v128.add<T>(v128.and(t, large), v128.sub<T>(q, v128.and(r, large)));
  return v128.or(v128.div<T>(t, denominator), v128.and(x, constant<T>(-0.0)));
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

// π/2 in parts of 33 bits (fdlibm's e_rem_pio2.c): n times a part is exact for n < 2²⁰.
const PIO2_1: f64 = 1.5707963267341256;
const PIO2_1_REST: f64 = 6.077100506506192e-11;
const PIO2_2: f64 = 6.077100506303966e-11;
const PIO2_3: f64 = 2.0222662487111665e-21;
const PIO2_3_REST: f64 = 8.4784276603689e-32;
const TWO_OVER_PI: f64 = 0.6366197723675814;
const FAR: f64 = 1e5; // from here on, lanes are computed one by one with a full reduction

/** x − n π/2 for f32 lanes, in double precision: no bit is lost next to a zero of sin or cos. */
function reduce_pair(x: v128, n: v128): v128 {
  n = f64x2.promote_low_f32x4(n);
  const r = f64x2.sub(f64x2.promote_low_f32x4(x), f64x2.mul(n, f64x2.splat(PIO2_1)));
  return f32x4.demote_f64x2_zero(f64x2.sub(r, f64x2.mul(n, f64x2.splat(PIO2_1_REST))));
}

/** What sine s and cosine c of the reduced argument are in a quadrant. */
function turned_f32(s: v128, c: v128, quadrant: v128): v128 {
  const y = v128.bitselect(c, s, i32x4.neg(v128.and(quadrant, i32x4.splat(1))));
  return v128.xor(y, i32x4.shl(v128.and(quadrant, i32x4.splat(2)), 30));
}

function turned_f64(s: v128, c: v128, quadrant: v128): v128 {
  const y = v128.bitselect(c, s, i64x2.neg(v128.and(quadrant, i64x2.splat(1))));
  return v128.xor(y, i64x2.shl(v128.and(quadrant, i64x2.splat(2)), 62));
}

/**
 * sin x (quadrant 0) or cos x (quadrant 1) for f32: the polynomials of Cephes' sinf.c on |r| ≤ π/4. The next quadrant's goes
 * to `next` unless that is 0.
 */
function wave_f32(x: v128, quadrant: i32, next: usize): v128 {
  const a = f32x4.abs(x);
  const k = madd<f32>(a, f32x4.splat(f32(TWO_OVER_PI)), f32x4.splat(12582912));
  const n = f32x4.sub(k, f32x4.splat(12582912));
  const front = reduce_pair(a, n);
  const back = reduce_pair(v128.shuffle<i64>(a, a, 1, 0), v128.shuffle<i64>(n, n, 1, 0));
  const r = v128.shuffle<i64>(front, back, 0, 2);
  const z = f32x4.mul(r, r);
  let s = madd<f32>(z, f32x4.splat(-1.9515295891e-4), f32x4.splat(8.3321608736e-3));
  s = madd<f32>(z, s, f32x4.splat(-1.6666654611e-1));
  s = madd<f32>(f32x4.mul(s, z), r, r);
  let c = madd<f32>(z, f32x4.splat(2.443315711809948e-5), f32x4.splat(-1.388731625493765e-3));
  c = madd<f32>(z, c, f32x4.splat(4.166664568298827e-2));
  c = madd<f32>(f32x4.mul(z, z), c, f32x4.sub(f32x4.splat(1), f32x4.mul(z, f32x4.splat(0.5))));
  if (next != 0) v128.store(next, turned_f32(s, c, i32x4.add(k, i32x4.splat(quadrant + 1))));
  return turned_f32(s, c, i32x4.add(k, i32x4.splat(quadrant)));
}

/** The same for f64: k_sin.c and k_cos.c of fdlibm on r + t, |r| ≤ π/4, t its rounding error. */
function wave_f64(x: v128, quadrant: i32, next: usize): v128 {
  const a = f64x2.abs(x);
  const one = f64x2.splat(1);
  const half = f64x2.splat(0.5);
  const k = madd<f64>(a, f64x2.splat(TWO_OVER_PI), f64x2.splat(6755399441055744));
  const n = f64x2.sub(k, f64x2.splat(6755399441055744));
  const r1 = f64x2.sub(a, f64x2.mul(n, f64x2.splat(PIO2_1)));
  const w2 = f64x2.mul(n, f64x2.splat(PIO2_2));
  const r2 = f64x2.sub(r1, w2);
  const e2 = f64x2.sub(f64x2.sub(r1, r2), w2);
  const w3 = f64x2.mul(n, f64x2.splat(PIO2_3));
  const r3 = f64x2.sub(r2, w3);
  const e3 = f64x2.sub(f64x2.sub(r2, r3), w3);
  const e = f64x2.sub(f64x2.add(e2, e3), f64x2.mul(n, f64x2.splat(PIO2_3_REST)));
  const r = f64x2.add(r3, e);
  const t = f64x2.add(f64x2.sub(r3, r), e);
  const z = f64x2.mul(r, r);
  let p = madd<f64>(z, f64x2.splat(1.58969099521155e-10), f64x2.splat(-2.5050760253406863e-8));
  p = madd<f64>(z, p, f64x2.splat(2.7557313707070068e-6));
  p = madd<f64>(z, p, f64x2.splat(-0.0001984126982985795));
  p = madd<f64>(z, p, f64x2.splat(0.00833333333332249));
  const v = f64x2.mul(z, r);
  const inner = f64x2.sub(f64x2.mul(z, f64x2.sub(f64x2.mul(half, t), f64x2.mul(v, p))), t);
  const s = f64x2.sub(r, f64x2.sub(inner, f64x2.mul(v, f64x2.splat(-0.16666666666666632))));
  p = madd<f64>(z, f64x2.splat(-1.1359647557788195e-11), f64x2.splat(2.087572321298175e-9));
  p = madd<f64>(z, p, f64x2.splat(-2.7557314351390663e-7));
  p = madd<f64>(z, p, f64x2.splat(2.480158728947673e-5));
  p = madd<f64>(z, p, f64x2.splat(-0.001388888888887411));
  p = f64x2.mul(z, madd<f64>(z, p, f64x2.splat(0.0416666666666666)));
  const hz = f64x2.mul(half, z);
  const w = f64x2.sub(one, hz);
  const rest = f64x2.sub(f64x2.mul(z, p), f64x2.mul(r, t));
  const c = f64x2.add(w, f64x2.add(f64x2.sub(f64x2.sub(one, w), hz), rest));
  if (next != 0) v128.store(next, turned_f64(s, c, i64x2.add(k, i64x2.splat(quadrant + 1))));
  return turned_f64(s, c, i64x2.add(k, i64x2.splat(quadrant)));
}

function wave<T extends number>(x: v128, quadrant: i32, next: usize = 0): v128 {
  return sizeof<T>() == 4 ? wave_f32(x, quadrant, next) : wave_f64(x, quadrant, next);
}

/** Lanes within the range of the vector reduction (false for NaN). */
function near<T extends number>(x: v128): v128 {
  return v128.le<T>(v128.abs<T>(x), constant<T>(FAR));
}

function all<T extends number>(lanes: v128): bool {
  return sizeof<T>() == 4 ? i32x4.all_true(lanes) : i64x2.all_true(lanes);
}

function wave_lane(x: f64, quadrant: i32): f64 {
  return quadrant == 0 ? NativeMath.sin(x) : NativeMath.cos(x);
}

/** The same, lane by lane, for arguments of any size. */
function wave_far<T extends number>(x: v128, quadrant: i32): v128 {
  let y = x;
  if (sizeof<T>() == 4) {
    y = f32x4.replace_lane(y, 0, f32(wave_lane(f64(f32x4.extract_lane(x, 0)), quadrant)));
    y = f32x4.replace_lane(y, 1, f32(wave_lane(f64(f32x4.extract_lane(x, 1)), quadrant)));
    y = f32x4.replace_lane(y, 2, f32(wave_lane(f64(f32x4.extract_lane(x, 2)), quadrant)));
    y = f32x4.replace_lane(y, 3, f32(wave_lane(f64(f32x4.extract_lane(x, 3)), quadrant)));
  } else {
    y = f64x2.replace_lane(y, 0, wave_lane(f64x2.extract_lane(x, 0), quadrant));
    y = f64x2.replace_lane(y, 1, wave_lane(f64x2.extract_lane(x, 1), quadrant));
  }
  return y;
}

/** sin x. */
export function sin<T extends number>(x: v128): v128 {
  // The sign is carried apart, so that sin(−0) is −0.
  const sign = v128.and(x, constant<T>(-0.0));
  const y = v128.xor(wave<T>(x, 0), sign);
  const ordinary = near<T>(x);
  if (all<T>(ordinary)) return y;
  return v128.bitselect(y, wave_far<T>(x, 0), ordinary);
}

/** cos x. */
export function cos<T extends number>(x: v128): v128 {
  const y = wave<T>(x, 1);
  const ordinary = near<T>(x);
  if (all<T>(ordinary)) return y;
  return v128.bitselect(y, wave_far<T>(x, 1), ordinary);
}

/** Both, with one reduction of the argument: the same bits. */
export function sin_cos<T extends number>(s: usize, c: usize, x: v128): void {
  if (all<T>(near<T>(x))) {
    v128.store(s, v128.xor(wave<T>(x, 0, c), v128.and(x, constant<T>(-0.0))));
  } else {
    v128.store(s, sin<T>(x));
    v128.store(c, cos<T>(x));
  }
}

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
