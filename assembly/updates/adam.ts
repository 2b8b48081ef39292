/**
 * Adam (Kingma & Ba 2015, algorithm 1) and AdamW (Loshchilov & Hutter 2019):
 * d = g + λ θ;  m <- β₁ m + (1 − β₁) d;  v <- β₂ v + (1 − β₂) d²;
 * θ <- θ − η κ θ − η (m / c₁) / (√(v / c₂) + ε),  c_i = 1 − β_iᵗ.
 * scalars: η, λ (coupled decay), β₁, β₂, ε, c₁, c₂, κ (decoupled decay).
 */
import { madd } from "../lanes";
import { scalar } from "./scalar";

export function adam<T extends number>(theta: usize, g: usize, m: usize, v: usize, scalars: usize, n: u32): void {
  const eta = load<f64>(scalars);
  const decay = scalar<T>(scalars, 1);
  const b1 = load<f64>(scalars + 16);
  const b2 = load<f64>(scalars + 24);
  const beta1 = v128.splat<T>(b1 as T);
  const beta2 = v128.splat<T>(b2 as T);
  const rest1 = v128.splat<T>((1.0 - b1) as T);
  const rest2 = v128.splat<T>((1.0 - b2) as T);
  const epsilon = scalar<T>(scalars, 4);
  const step = v128.splat<T>((-eta / load<f64>(scalars + 40)) as T);
  const unbias2 = v128.splat<T>((1.0 / load<f64>(scalars + 48)) as T);
  const keep = v128.splat<T>((1.0 - eta * load<f64>(scalars + 56)) as T);
  const end = theta + usize(n) * sizeof<T>();
  for (; theta < end; theta += 16, g += 16, m += 16, v += 16) {
    const x = v128.load(theta);
    const d = madd<T>(decay, x, v128.load(g));
    const mean = madd<T>(beta1, v128.load(m), v128.mul<T>(rest1, d));
    const square = madd<T>(beta2, v128.load(v), v128.mul<T>(rest2, v128.mul<T>(d, d)));
    v128.store(m, mean);
    v128.store(v, square);
    const root = v128.add<T>(v128.sqrt<T>(v128.mul<T>(square, unbias2)), epsilon);
    v128.store(theta, madd<T>(step, v128.div<T>(mean, root), v128.mul<T>(keep, x)));
  }
}
