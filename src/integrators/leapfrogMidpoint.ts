/**
 * Leapfrog for first-order fields: y_1 = y_0 + h f(y_0), then y_{j+1} = y_{j−1} + 2h f(y_j). Order 2.
 * Characteristic polynomial ρ² − 2zρ − 1: stable on the open segment (−i, i) only, nowhere with Re z < 0.
 */

import { times } from "../core/recording/field.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import { combine } from "../operations/combine.ts";
import { largestRoot, scale } from "./complex.ts";
import type { Integrator } from "./integrator.ts";

export const leapfrogMidpoint: Integrator<"vector", [before: Tensor, y: Tensor]> = {
  name: "leapfrogMidpoint",
  field: "vector",
  order: () => 2,
  amplification: (z) => largestRoot(scale(-2, z), { re: -1, im: 0 }),
  // The state is (y_{j−1}, y_j); before the first step both are y_0.
  begin: (_context, y) => [y, y],
  first: {
    applies: () => true,
    step({ record, field, h }, [, y]) {
      return [y, combine(record, [[1, y], times(h, field.at(y, 0))])];
    },
  },
  step: ({ record, field, h }, [before, y]) => [y, combine(record, [[1, before], times(2 * h, field.at(y, 0))])],
  lives: (_context, initial) => (initial ? [0, 0] : [-1, 0]),
  features: (_context, [, y]) => y,
};
