/** σ = max(x, 0), NaN stays NaN; s = σ:  σ' = 1 where s > 0, else 0;  Σ = max(x, 0)²/2. */
import { constant } from "../lanes";

@unmanaged
export class Relu<T extends number> {
  keepsZero(): bool {
    return true;
  }

  value(x: v128): v128 {
    return v128.pmax<T>(x, constant<T>(0));
  }

  slope(u: v128, s: v128): v128 {
    return v128.and(u, v128.gt<T>(s, constant<T>(0)));
  }

  antiderivative(x: v128): v128 {
    const positive = this.value(x);
    return v128.mul<T>(v128.mul<T>(positive, constant<T>(0.5)), positive);
  }
}
