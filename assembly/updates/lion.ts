/**
 * Lion (Chen et al. 2023, algorithm 2): c = β₁ m + (1 − β₁) g;  θ <- θ − η (sign c + λ θ);  m <- β₂ m + (1 − β₂) g.
 * scalars: η, λ, β₁, β₂.
 */
import { constant, madd } from "../lanes";
import { scalar } from "./scalar";

export function lion<T extends number>(theta: usize, g: usize, m: usize, scalars: usize, n: u32): void {
  const step = v128.neg<T>(scalar<T>(scalars, 0));
  const decay = scalar<T>(scalars, 1);
  const beta1 = scalar<T>(scalars, 2);
  const beta2 = scalar<T>(scalars, 3);
  const rest1 = v128.splat<T>((1.0 - load<f64>(scalars + 16)) as T);
  const rest2 = v128.splat<T>((1.0 - load<f64>(scalars + 24)) as T);
  const zero = constant<T>(0);
  const one = constant<T>(1);
  const signs = v128.neg<T>(zero);
  const end = theta + usize(n) * sizeof<T>();
  for (; theta < end; theta += 16, g += 16, m += 16) {
    const x = v128.load(theta);
    const slope = v128.load(g);
    const mean = v128.load(m);
    const c = madd<T>(beta1, mean, v128.mul<T>(rest1, slope));
    const sign = v128.and(v128.bitselect(c, one, signs), v128.ne<T>(c, zero));
    v128.store(m, madd<T>(beta2, mean, v128.mul<T>(rest2, slope)));
    v128.store(theta, madd<T>(step, madd<T>(decay, x, sign), x));
  }
}
