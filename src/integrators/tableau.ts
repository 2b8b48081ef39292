/**
 * Explicit Runge–Kutta methods: k_i = f(y + h Σ_j a_ij k_j, t + c_i h), y' = y + h Σ b_i k_i, c_i = Σ_j a_ij
 * (Hairer, Nørsett & Wanner 1993, II.1). R(z) = 1 + z bᵀ (I − z A)⁻¹ 1.
 */

import { type Term, times } from "../core/recording/field.ts";
import type { CallRecorder, Tensor } from "../core/recording/tensor.ts";
import { combine } from "../operations/combine.ts";
import { add, type Complex, modulus, multiply, ONE, scale } from "./complex.ts";
import type { Integrator } from "./integrator.ts";

/** Terms of one `combine`. */
const TERMS = 5;

/** Σ c_i x_i of any number of terms. */
function combineAll(record: CallRecorder, terms: readonly Term[]): Tensor {
  let result = combine(record, terms.slice(0, TERMS));
  for (let i = TERMS; i < terms.length; i += TERMS - 1) {
    result = combine(record, [[1, result], ...terms.slice(i, i + TERMS - 1)]);
  }
  return result;
}

const rowSums = (a: readonly (readonly number[])[]) => a.map((row) => row.reduce((total, w) => total + w, 0));

/** The method of a tableau: row i of `a` holds a_i1 … a_i,i−1; `c` is given where rounding would miss its row sums. */
export function rungeKutta(
  name: string,
  order: number,
  a: readonly (readonly number[])[],
  b: readonly number[],
  c: readonly number[] = rowSums(a),
): Integrator<"vector", [y: Tensor]> {
  const stabilityFunction = (z: Complex): Complex => {
    const stages: Complex[] = [];
    const sum = (weights: readonly number[]) =>
      add(ONE, ...stages.map((k, j) => multiply(scale(weights[j] ?? 0, z), k)));
    for (const row of a) stages.push(sum(row));
    return sum(b);
  };
  return {
    name,
    field: "vector",
    order: () => order,
    stabilityFunction,
    amplification: (z) => modulus(stabilityFunction(z)),
    begin: (_context, y) => [y],
    step({ record, field, h }, [y]) {
      const stages: Term[] = [];
      const sum = (weights: readonly number[]) => {
        const terms = stages.flatMap((k, j) => (weights[j] ? [times(weights[j] * h, k)] : []));
        return terms.length === 0 ? y : combineAll(record, [[1, y], ...terms]);
      };
      for (const [i, row] of a.entries()) stages.push(field.at(sum(row), c[i] ?? 0));
      return [sum(b)];
    },
    features: (_context, [y]) => y,
  };
}
