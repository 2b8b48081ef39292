/** θ <- θ − η (g + λ θ). scalars: η, λ. */
import { madd } from "../lanes";
import { scalar } from "./scalar";

export function sgd<T extends number>(theta: usize, g: usize, scalars: usize, n: u32): void {
  const step = v128.neg<T>(scalar<T>(scalars, 0));
  const decay = scalar<T>(scalars, 1);
  const end = theta + usize(n) * sizeof<T>();
  for (; theta < end; theta += 16, g += 16) {
    const x = v128.load(theta);
    v128.store(theta, madd<T>(step, madd<T>(decay, x, v128.load(g)), x));
  }
}
