/** σ = 1 / (1 + e⁻ˣ), s = σ:  σ' = s (1 − s),  dσ'/ds = 1 − 2 s,  Σ = log(1 + eˣ). */
import { sigmoid } from "../elementary/exponential";
import { softplus } from "../elementary/logarithm";
import { constant } from "../lanes";

@unmanaged
export class Sigmoid<T extends number> {
  keepsZero(): bool {
    return false;
  }

  value(x: v128): v128 {
    return sigmoid<T>(x);
  }

  slope(u: v128, s: v128): v128 {
    return v128.mul<T>(u, v128.mul<T>(s, v128.sub<T>(constant<T>(1), s)));
  }

  curvature(w: v128, s: v128): v128 {
    return v128.mul<T>(w, v128.sub<T>(constant<T>(1), v128.add<T>(s, s)));
  }

  antiderivative(x: v128): v128 {
    return softplus<T>(x);
  }
}
