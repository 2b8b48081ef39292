/** ℓ = ½ (s − c)², ℓ′ = s − c, ℓ″ = 1. */
import { constant } from "../lanes";

@unmanaged
export class LeastSquares<T extends number> {
  value(s: v128, c: v128, _p: v128, _q: v128): v128 {
    const r = v128.sub<T>(s, c);
    return v128.mul<T>(constant<T>(0.5), v128.mul<T>(r, r));
  }

  slope(s: v128, c: v128, _p: v128, _q: v128): v128 {
    return v128.sub<T>(s, c);
  }

  curvature(w: v128, _s: v128, _c: v128, _known: bool, _p: v128, _q: v128): v128 {
    return w;
  }
}
