/** ℓ = log(1 + eˢ) − c s, ℓ′ = σ(s) − c, ℓ″ = σ (1 − σ). */
import { sigmoid } from "../elementary/exponential";
import { softplus } from "../elementary/logarithm";
import { constant } from "../lanes";

@unmanaged
export class Logistic<T extends number> {
  value(s: v128, c: v128, _p: v128, _q: v128): v128 {
    return v128.sub<T>(softplus<T>(s), v128.mul<T>(c, s));
  }

  slope(s: v128, c: v128, _p: v128, _q: v128): v128 {
    return v128.sub<T>(sigmoid<T>(s), c);
  }

  curvature(w: v128, s: v128, _c: v128, known: bool, _p: v128, _q: v128): v128 {
    const p = known ? s : sigmoid<T>(s);
    return v128.mul<T>(w, v128.mul<T>(p, v128.sub<T>(constant<T>(1), p)));
  }
}
