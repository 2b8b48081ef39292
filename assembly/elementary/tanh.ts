/** tanh on whole vectors, one division each. */
import { constant, madd } from "../lanes";
import { HALF_LN2, power, ROUND_F32, ROUND_F64 } from "./exponential";

/**
 * ρ(u) = r coth r − 1 with u = r², for |r| ≤ 0.2554 and a little beyond: minimax fits of (1 + ρ) with relative error 2^−25.4 (f32) and 2^−71 (f64), by
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
