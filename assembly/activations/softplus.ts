/** σ = log(1 + eˣ):  σ' = p = 1 / (1 + e⁻ˣ),  σ'' = p (1 − p),  Σ = −Li₂(−eˣ). */
import { sigmoid } from "../elementary/exponential";
import { softplus } from "../elementary/logarithm";
import { constant, madd } from "../lanes";

const PI_SQUARED_OVER_6: f64 = 1.6449340668482264;

@unmanaged
export class Softplus<T extends number> {
  keepsZero(): bool {
    return false;
  }

  value(x: v128): v128 {
    return softplus<T>(x);
  }

  slope(u: v128, x: v128): v128 {
    return v128.mul<T>(u, sigmoid<T>(x));
  }

  /** 1 − p = sigmoid(−x) keeps the relative accuracy where p rounds to 1. */
  curvature(w: v128, x: v128): v128 {
    return v128.mul<T>(w, v128.mul<T>(sigmoid<T>(x), sigmoid<T>(v128.neg<T>(x))));
  }

  /** For x ≤ 0, with w = log(1 + eˣ): w + w²/4 + Σ B₂ₖ w^(2k+1) / (2k+1)!, nine terms. */
  antiderivative(x: v128): v128 {
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
}
