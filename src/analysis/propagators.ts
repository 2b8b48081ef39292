/**
 * x_{j+1} ≈ P_j x_j for perturbations of the method's state x (features, and z or the velocity where there is one) along a
 * trajectory: B = ∂x_0/∂y_0, P_j the derivative of step j, F = ∂y_N/∂x_N, so that ∂y_N/∂y_0 = F P_{N−1} … P_0 B.
 */
import { Matrix } from "ml-matrix";
import type { Numbers } from "../core/memory.ts";
import type { Recorder } from "../core/recorder.ts";
import type { OdeSteps } from "../layers/parameters.ts";
import type { Rows } from "../model/examples.ts";
import type { Model } from "../model/model.ts";
import { combine } from "../operations/combine.ts";
import { Directions, derivative, inspect, type LayerChoice, type Recorded } from "./inspection.ts";

export interface Propagators {
  readonly steps: OdeSteps;
  /** B, the state's numbers × the features' numbers. */
  readonly begin: Matrix;
  /** P_0 … P_{N−1}. */
  readonly along: readonly Matrix[];
  /** F. */
  readonly end: Matrix;
}

/** Of one example. Throws `option` without an ode layer. */
export function propagators(
  model: Model,
  rows: Rows,
  example: number,
  where: string,
  choice: LayerChoice,
): Propagators {
  const inspection = { kind: "propagators", where, ...choice, build: record };
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
function together(blocks: readonly Numbers[], directions: number): Matrix {
  const rows = Array.from({ length: directions }, (_, i) =>
    blocks.flatMap((block) => {
      const n = columnsOf(block, directions);
      return Array.from(block.subarray(i * n, (i + 1) * n));
    }),
  );
  return new Matrix(rows).transpose();
}

function record(recorder: Recorder, steps: OdeSteps): Recorded {
  const directions = new Directions(recorder);
  const { integrator, outside } = steps;
  const first = integrator.begin(outside, directions.unit(steps.features)).map((t) => combine(recorder, [[1, t]]));
  const sizes = first.map((t) => t.columns);
  const total = sum(sizes);
  const units = sizes.map((n, k) => directions.unit(total, sum(sizes.slice(0, k)), n));
  const ones = directions.ones(total);
  const stacks = steps.along(({ context, state, step }) =>
    derivative(recorder, state, units, ones, (repeated) => step(context, repeated)).map((d) =>
      combine(recorder, [[1, d]]),
    ),
  );
  const ends = steps.along(
    ({ state }) =>
      derivative(recorder, state, units, ones, (repeated) => [integrator.features(outside, repeated)]).map((d) =>
        combine(recorder, [[1, d]]),
      ),
    { final: true },
  );
  return { stacks: [...first.map((t) => [t]), ...stacks, ...ends], inputs: directions.inputs };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
