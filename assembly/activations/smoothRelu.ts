/**
 * With η = 0.1, for |x| ≤ η:  σ = (x + η)² / (4η),  σ' = (x + η) / (2η),  σ'' = 1 / (2η),  Σ = (x + η)³ / (12η).
 * Above, σ = x and Σ = x²/2 + η²/6; below, 0.
 */
import { constant, madd } from "../lanes";

const ETA: f64 = 0.1;

@unmanaged
export class SmoothRelu<T extends number> {
  keepsZero(): bool {
    return false;
  }

  value(x: v128): v128 {
    const shifted = v128.add<T>(x, constant<T>(ETA));
    const parabola = v128.mul<T>(v128.mul<T>(shifted, shifted), constant<T>(1 / (4 * ETA)));
    return v128.bitselect(parabola, v128.pmax<T>(x, constant<T>(0)), this.inside(x));
  }

  slope(u: v128, x: v128): v128 {
    const line = v128.mul<T>(v128.add<T>(x, constant<T>(ETA)), constant<T>(1 / (2 * ETA)));
    const step = v128.and(v128.gt<T>(x, constant<T>(0)), constant<T>(1));
    return v128.mul<T>(u, v128.bitselect(line, step, this.inside(x)));
  }

  curvature(w: v128, x: v128): v128 {
    return v128.mul<T>(w, v128.and(this.inside(x), constant<T>(1 / (2 * ETA))));
  }

  antiderivative(x: v128): v128 {
    const shifted = v128.add<T>(x, constant<T>(ETA));
    const cubic = v128.mul<T>(v128.mul<T>(v128.mul<T>(shifted, shifted), shifted), constant<T>(1 / (12 * ETA)));
    const positive = v128.pmax<T>(x, constant<T>(0));
    const square = madd<T>(v128.mul<T>(positive, positive), constant<T>(0.5), constant<T>((ETA * ETA) / 6));
    const outside = v128.andnot(square, v128.lt<T>(x, constant<T>(-ETA)));
    return v128.bitselect(cubic, outside, this.inside(x));
  }

  private inside(x: v128): v128 {
    return v128.le<T>(v128.abs<T>(x), constant<T>(ETA));
  }
}
