/**
 * x_{j+1} ≈ P_j x_j for perturbations of the method's state x (features, and z or the velocity where there is one) along a
 * trajectory: B = ∂x_0/∂y_0, P_j the derivative of step j, F = ∂y_N/∂x_N, so that ∂y_N/∂y_0 = F P_{N−1} … P_0 B.
 */
import type { Numbers } from "../core/host/memory.ts";
import type { Recorder } from "../core/recording/recorder.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import type { OdeSteps } from "../layers/parameters.ts";
import type { Rows } from "../model/examples.ts";
import type { Model } from "../model/model.ts";
import { combine } from "../operations/combine.ts";
import type { Columns } from "./columns.ts";
import { Directions, derivative, flat, inspect, type LayerChoice, type Recorded, unflat } from "./inspection.ts";

export interface Propagators {
  readonly steps: OdeSteps;
  /** B, the state's numbers × the features' numbers. */
  readonly begin: Columns;
  /** P_0 … P_{N−1}. */
  readonly along: readonly Columns[];
  /** F. */
  readonly end: Columns;
}

/** Of one example. Throws `option` without an ode layer. */
export function propagators(
  model: Model,
  rows: Rows,
  example: number,
  where: string,
  choice: LayerChoice,
): Propagators {
  const inspection = { where, ...choice, build: record };
  const { steps, results } = inspect(model, rows, example, 1, inspection);
  const parts = (results.length - 1) / 2;
  const state = results.slice(0, parts).reduce((n, [block]) => n + columnsOf(block, steps.features), 0);
  const at = (from: number, time: number, directions: number) =>
    together(
      results.slice(from, from + parts).map((blocks) => blocks[time] as Numbers),
      directions,
    );
  return {
    steps,
    begin: at(0, 0, steps.features),
    along: Array.from({ length: steps.times.length - 1 }, (_, j) => at(parts, j, state)),
    end: together([results[2 * parts]?.[steps.times.length - 1] as Numbers], state),
  };
}

const columnsOf = (block: Numbers | undefined, rows: number): number => (block?.length ?? 0) / rows;

/** Row i of each block is a derivative in direction i: a column of the matrix. */
function together(blocks: readonly Numbers[], directions: number): Columns {
  return Array.from({ length: directions }, (_, i) =>
    Float64Array.from(
      blocks.flatMap((block) => {
        const n = columnsOf(block, directions);
        return Array.from(block.subarray(i * n, (i + 1) * n));
      }),
    ),
  );
}

function record(recorder: Recorder, steps: OdeSteps): Recorded {
  const directions = new Directions(recorder);
  const { integrator, outside, positions } = steps;
  const start = unflat(recorder, directions.unit(steps.features), positions);
  const first = integrator.begin(outside, start).map((t) => combine(recorder, [[1, flat(recorder, t, positions)]]));
  const sizes = first.map((t) => t.columns);
  const total = sum(sizes);
  const units = sizes.map((n, k) => directions.unit(total, sum(sizes.slice(0, k)), n));
  const ones = directions.ones(total);
  const derivatives = (state: readonly Tensor[], map: (repeated: Tensor[]) => readonly Tensor[]) =>
    derivative(recorder, state, units, ones, positions, map).map((d) => combine(recorder, [[1, d]]));
  const stacks = steps.along(({ context, state, step }) => derivatives(state, (repeated) => step(context, repeated)));
  const ends = steps.along(({ state }) => derivatives(state, (repeated) => [integrator.features(outside, repeated)]), {
    final: true,
  });
  return { stacks: [...first.map((t) => [t]), ...stacks, ...ends], inputs: directions.inputs };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
