import { type Arithmetic, derivative, evaluate } from "./arithmetic.ts";

/** x + x' eps with eps² = 0: carries one directional derivative forward. */
export interface Dual {
  readonly value: number;
  readonly tangent: number;
}

/** (x + x' eps)(y + y' eps) = x y + (x' y + x y') eps;  f(x + x' eps) = f(x) + f'(x) x' eps. */
export const duals: Arithmetic<Dual> = {
  constant: (value) => ({ value, tangent: 0 }),
  value: (x) => x.value,
  add: (x, y) => ({ value: x.value + y.value, tangent: x.tangent + y.tangent }),
  multiply: (x, y) => ({ value: x.value * y.value, tangent: x.tangent * y.value + x.value * y.tangent }),
  scale: (c, x) => ({ value: c * x.value, tangent: c * x.tangent }),
  dot(x, y) {
    let value = 0;
    let tangent = 0;
    x.forEach((p, i) => {
      const q = y[i] as Dual;
      value += p.value * q.value;
      tangent += p.tangent * q.value + p.value * q.tangent;
    });
    return { value, tangent };
  },
  apply: (f, x) => ({ value: evaluate(f, x.value), tangent: evaluate(derivative(f), x.value) * x.tangent }),
};

/** x + v eps, entry by entry; no direction means a constant. */
export function dualize(x: readonly number[], v?: readonly number[]): Dual[] {
  return x.map((value, i) => ({ value, tangent: v?.[i] ?? 0 }));
}
