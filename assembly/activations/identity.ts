/** σ = x:  σ' = 1,  Σ = x²/2. */
import { constant } from "../lanes";
import { matrixBytes } from "./map";

@unmanaged
export class Identity<T extends number> {
  keepsZero(): bool {
    return true;
  }

  value(x: v128): v128 {
    return x;
  }

  slope(u: v128, _s: v128): v128 {
    return u;
  }

  antiderivative(x: v128): v128 {
    return v128.mul<T>(v128.mul<T>(x, constant<T>(0.5)), x);
  }
}

export function activate<T extends number>(y: usize, x: usize, rows: u32, columns: u32): void {
  if (y != x) memory.copy(y, x, matrixBytes<T>(rows, columns));
}
