/**
 * d = g + λ θ;  v <- μ v + d;  θ <- θ − η v, or θ − η (d + μ v) for Nesterov's.  scalars: η, λ, μ, ν (1 for Nesterov).
 */
import { madd } from "../lanes";
import { scalar } from "./scalar";

export function momentum<T extends number>(theta: usize, g: usize, v: usize, scalars: usize, n: u32): void {
  const step = v128.neg<T>(scalar<T>(scalars, 0));
  const decay = scalar<T>(scalars, 1);
  const mu = scalar<T>(scalars, 2);
  const nesterov = load<f64>(scalars + 24) != 0;
  const end = theta + usize(n) * sizeof<T>();
  for (; theta < end; theta += 16, g += 16, v += 16) {
    const x = v128.load(theta);
    const d = madd<T>(decay, x, v128.load(g));
    const velocity = madd<T>(mu, v128.load(v), d);
    v128.store(v, velocity);
    v128.store(theta, madd<T>(step, nesterov ? madd<T>(mu, velocity, d) : velocity, x));
  }
}
