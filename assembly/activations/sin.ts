/** σ = sin x:  σ' = cos x,  σ'' = −sin x,  Σ = 1 − cos x = 2 sin²(x/2). */
import { cos, sin, sin_cos } from "../elementary/waves";
import { constant } from "../lanes";
import { matrixBytes } from "./map";

@unmanaged
export class Sin<T extends number> {
  keepsZero(): bool {
    return true;
  }

  value(x: v128): v128 {
    return sin<T>(x);
  }

  slope(u: v128, x: v128): v128 {
    return v128.mul<T>(u, cos<T>(x));
  }

  curvature(w: v128, x: v128): v128 {
    return v128.neg<T>(v128.mul<T>(w, sin<T>(x)));
  }

  antiderivative(x: v128): v128 {
    const wave = sin<T>(v128.mul<T>(x, constant<T>(0.5)));
    return v128.mul<T>(v128.add<T>(wave, wave), wave);
  }
}

/** Sine and cosine share the reduction of the argument. */
export function activate_with_slope<T extends number>(y: usize, d: usize, x: usize, rows: u32, columns: u32): void {
  const end = d + matrixBytes<T>(rows, columns);
  for (; d < end; y += 16, d += 16, x += 16) sin_cos<T>(y, d, v128.load(x));
}
