/**
 * u = s − c, m = min(|u|, q): ℓ = (½ − p) u + ½ a, a = |u| − m + m²/(2q) + ½ q, the absolute value with a quadratic within ±q;
 * ℓ′ = ½ − p + ½ u/q within ±q, else ½ − p ± ½; ℓ″ = 1/(2q) within ±q, else 0 (Koenker & Bassett 1978).
 */
import { constant } from "../lanes";

@unmanaged
export class Quantile<T extends number> {
  value(s: v128, c: v128, p: v128, q: v128): v128 {
    const half = constant<T>(0.5);
    const u = v128.sub<T>(s, c);
    const size = v128.abs<T>(u);
    const m = v128.min<T>(size, q);
    const inside = v128.mul<T>(half, v128.add<T>(v128.div<T>(v128.mul<T>(m, m), q), q));
    const a = v128.add<T>(v128.sub<T>(size, m), inside);
    return v128.add<T>(v128.mul<T>(v128.sub<T>(half, p), u), v128.mul<T>(half, a));
  }

  slope(s: v128, c: v128, p: v128, q: v128): v128 {
    const half = constant<T>(0.5);
    const one = constant<T>(1);
    const ratio = v128.div<T>(v128.sub<T>(s, c), q);
    const bounded = v128.max<T>(v128.neg<T>(one), v128.min<T>(one, ratio));
    return v128.add<T>(v128.sub<T>(half, p), v128.mul<T>(half, bounded));
  }

  curvature(w: v128, s: v128, c: v128, _known: bool, _p: v128, q: v128): v128 {
    const inside = v128.le<T>(v128.abs<T>(v128.sub<T>(s, c)), q);
    return v128.and(v128.div<T>(v128.mul<T>(constant<T>(0.5), w), q), inside);
  }
}
