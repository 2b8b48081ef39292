/**
 * J_j = ∂f/∂y along a trajectory, of the dynamics itself: ẏ = f(y) gives f'(y_j); q̇ = f(p), ṗ = g(q) gives
 * [[0, g'], [f', 0]] in (p, q); ÿ = f(y) gives [[0, I], [f', 0]] in (y, ẏ). The weights are θ(t_j).
 */

import type { Numbers } from "../core/host/memory.ts";
import type { Term } from "../core/recording/field.ts";
import type { Recorder } from "../core/recording/recorder.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import type { Integrator } from "../integrators/integrator.ts";
import type { OdeSteps, StepView } from "../layers/parameters.ts";
import type { Rows } from "../model/examples.ts";
import type { Model } from "../model/model.ts";
import { combine } from "../operations/combine.ts";
import { Directions, derivative, inspect, type LayerChoice, type Recorded } from "./inspection.ts";

export interface Jacobians {
  readonly layer: string;
  readonly times: readonly number[];
  /** h of every step. */
  readonly stepSizes: readonly number[];
  readonly integrator: Integrator;
  /** Rows and columns of every Jacobian. */
  readonly size: number;
  /** For every step, size × size numbers, row by row. */
  readonly values: Float64Array[];
}

/** Where the derivatives of a field's parts stand in its Jacobian, counted in blocks. */
const layouts = {
  vector: { blocks: 1, places: [[0, 0]] },
  partitioned: {
    blocks: 2,
    places: [
      [0, 1],
      [1, 0],
    ],
  },
  secondOrder: { blocks: 2, places: [[1, 0]] },
} as const;

/** The field's parts, each with the tensor that it is a function of, in the order of `layouts`. */
function parts({ context: { field }, state }: StepView): { at: Tensor; map: (y: Tensor) => Term }[] {
  const [first, last] = [state[0], state.at(-1)];
  if (!first || !last) return [];
  if (field.kind === "vector") return [{ at: last, map: (y) => field.at(y, 0) }];
  if (field.kind === "partitioned") {
    return [
      { at: last, map: (q) => field.first(q, 0) },
      { at: first, map: (p) => field.second(p, 0) },
    ];
  }
  return [{ at: last, map: (y) => field.acceleration(y, 0) }];
}

function recordJacobians(record: Recorder, steps: OdeSteps): Recorded {
  const directions = new Directions(record);
  const stacks = steps.along((view) =>
    parts(view).map(({ at, map }) => {
      const n = at.columns * steps.positions;
      const [d] = derivative(record, [at], [directions.unit(n)], directions.ones(n), steps.positions, ([y]) => [
        combine(record, [map(y as Tensor)]),
      ]);
      return d as Tensor;
    }),
  );
  return { stacks, inputs: directions.inputs };
}

/** The Jacobians of one example. */
export function fieldJacobians(
  model: Model,
  rows: Rows,
  example: number,
  where: string,
  choice: LayerChoice,
): Jacobians {
  const inspection = { where, ...choice, build: recordJacobians };
  const { steps, results } = inspect(model, rows, example, 1, inspection);
  const { field } = steps.integrator;
  const { blocks, places } = layouts[field];
  const n = Math.round(Math.sqrt(results[0]?.[0]?.length ?? 0));
  const size = blocks * n;
  const values = Array.from({ length: steps.times.length - 1 }, (_, j) => {
    const J = new Float64Array(size * size);
    if (field === "secondOrder") for (let k = 0; k < n; k++) J[k * size + n + k] = 1;
    places.forEach(([row, column], part) => {
      const block = results[part]?.[j] as Numbers;
      // Row i of what was computed is the derivative in direction i: a column of J.
      for (let r = 0; r < n; r++) {
        for (let c = 0; c < n; c++) J[(row * n + r) * size + column * n + c] = block[c * n + r] as number;
      }
    });
    return J;
  });
  return {
    layer: steps.name,
    times: steps.times,
    stepSizes: steps.stepSizes,
    integrator: steps.integrator,
    size,
    values,
  };
}
