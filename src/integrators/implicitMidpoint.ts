/**
 * Implicit midpoint rule: y' = y + h f((y + y')/2, t + h/2). Order 2; the Gauss method of one stage.
 * R(z) = (1 + z/2) / (1 − z/2): stable for Re z ≤ 0, of modulus 1 on the whole imaginary axis, so it keeps quadratic
 * invariants (Hairer, Lubich & Wanner 2006, IV.2). With u = (y + y')/2: u = y + h/2 f(u), then y' = 2u − y.
 */
import type { Tensor } from "../core/recording/tensor.ts";
import { combine } from "../operations/combine.ts";
import { add, type Complex, divide, modulus, ONE, scale } from "./complex.ts";
import type { Integrator } from "./integrator.ts";

const stabilityFunction = (z: Complex): Complex => divide(add(ONE, scale(0.5, z)), add(ONE, scale(-0.5, z)));

export const implicitMidpoint: Integrator<"vector", [y: Tensor]> = {
  name: "implicitMidpoint",
  field: "vector",
  implicit: true,
  order: () => 2,
  stabilityFunction,
  amplification: (z) => modulus(stabilityFunction(z)),
  begin: (_context, y) => [y],
  step: ({ record, field, h }, [y]) => {
    const middle = field.implicitMidpoint(y, h);
    return [
      combine(record, [
        [2, middle],
        [-1, y],
      ]),
    ];
  },
  features: (_context, [y]) => y,
};
