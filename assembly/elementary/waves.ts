/** sin x and cos x on whole vectors: x − n π/2 first, then polynomials on |r| ≤ π/4. */
import { constant, madd } from "../lanes";

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
