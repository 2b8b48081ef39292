/** r = s − c, t = r within ±p: ℓ = t (r − ½ t), ℓ′ = t, ℓ″ = 1 where |r| ≤ p, else 0 (Huber 1964). */
import { constant } from "../lanes";

@unmanaged
export class Huber<T extends number> {
  value(s: v128, c: v128, p: v128, q: v128): v128 {
    const t = this.slope(s, c, p, q);
    return v128.mul<T>(t, v128.sub<T>(v128.sub<T>(s, c), v128.mul<T>(constant<T>(0.5), t)));
  }

  slope(s: v128, c: v128, p: v128, _q: v128): v128 {
    return v128.max<T>(v128.neg<T>(p), v128.min<T>(p, v128.sub<T>(s, c)));
  }

  curvature(w: v128, s: v128, c: v128, _known: bool, p: v128, _q: v128): v128 {
    return v128.and(w, v128.le<T>(v128.abs<T>(v128.sub<T>(s, c)), p));
  }
}
