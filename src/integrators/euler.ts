/** Forward Euler: y' = y + h f(y). Order 1: the residual network. */
import type { Tensor } from "../core/tensor.ts";
import { addScaled } from "../operations/combine.ts";
import { add, modulus, ONE } from "./complex.ts";
import type { Integrator } from "./integrator.ts";

export const euler: Integrator<"vector"> = {
  name: "euler",
  field: "vector",
  order: () => 1,
  stabilityFunction: (z) => add(ONE, z),
  amplification: (z) => modulus(add(ONE, z)),
  start: (_record, y) => [y],
  step: (record, field, [y], h) => [addScaled(record, y as Tensor, h, field.at(y as Tensor, 0))],
  features: ([y]) => y as Tensor,
};
