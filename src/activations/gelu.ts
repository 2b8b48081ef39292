/** x Φ(x), Φ(x) = ½ (1 + erf(x/√2)) (Hendrycks & Gimpel 2016). */
import type { ActivationEntry } from "./activation.ts";

export const gelu = {
  name: "gelu",
  label: "GELU",
  code: 7,
  fromOutput: false,
  monotone: false,
  kinked: false,
  curved: true,
  draw: "he",
  onnx: ["Mul", ["Mul", "x", 0.5], ["Add", ["Erf", ["Div", "x", Math.SQRT2]], 1]],
} as const satisfies ActivationEntry;

/** σ with two derivatives in plain float64, for the tests: Φ by Taylor's series around 0, by a continued fraction beyond. */
export const reference = [
  (x: number) => x * normal(x),
  (x: number) => normal(x) + x * density(x),
  (x: number) => (2 - x * x) * density(x),
] as const;

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

function normal(x: number): number {
  if (x < 0) return x < -3 ? tail(-x) : 0.5 - density(x) * series(-x);
  return x > 3 ? 1 - tail(x) : 0.5 + density(x) * series(x);
}

/** (Φ(x) − ½) / φ(x) = Σ x^(2k+1) / (1 · 3 ⋯ (2k + 1)). */
function series(x: number): number {
  let [term, sum] = [x, x];
  for (let k = 3; term > 1e-18 * sum; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return sum;
}

/** φ(x) / (x + 1 / (x + 2 / (x + 3 / …))). */
function tail(x: number): number {
  let d = x;
  for (let k = 80; k >= 1; k--) d = x + k / d;
  return density(x) / d;
}
