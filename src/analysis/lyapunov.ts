/**
 * Lyapunov exponents over the trajectory: Q_0 R_0 = ∂x_0/∂y_0, Q_{j+1} R_{j+1} = P_j Q_j with P_j the derivative of step j in
 * the method's state x (features, and z or the velocity where there is one); exponent i is 1/T Σ_j log |(R_j)_ii|, j ≥ 1
 * (Benettin et al. 1980). Perturbations are those of the features y_0: n_f exponents, positive where they grow.
 */
import type { Numbers } from "../core/memory.ts";
import type { Recorder } from "../core/recorder.ts";
import type { OdeSteps } from "../layers/parameters.ts";
import type { Features } from "../model/examples.ts";
import type { Model } from "../model/model.ts";
import { combine } from "../operations/combine.ts";
import { orthonormalize } from "./gramSchmidt.ts";
import { Directions, derivative, inspect, inspectedRows, type LayerChoice, type Recorded } from "./inspection.ts";

/** The exponents, largest first; for several examples their means. Throws `option` without an ode layer. */
export function lyapunov(model: Model, features: Features, choice: LayerChoice = {}): number[] {
  const rows = inspectedRows(model, features, "lyapunov");
  const totals: number[] = [];
  for (let i = 0; i < rows.count; i++) {
    const inspection = { kind: "propagators", where: "lyapunov", ...choice, build: recordPropagators };
    const { steps, results } = inspect(model, rows, i, 1, inspection);
    exponents(results, steps).forEach((value, k) => {
      totals[k] = (totals[k] ?? 0) + value / rows.count;
    });
  }
  return totals;
}

/** Row i of the results is a column of P: the new state's derivative in direction i of the old one. */
function recordPropagators(record: Recorder, steps: OdeSteps): Recorded {
  const directions = new Directions(record);
  const first = steps.integrator
    .begin(steps.outside, directions.unit(steps.features))
    .map((t) => combine(record, [[1, t]]));
  const stacks = steps.along(({ context, state, step }) => {
    const sizes = state.map((t) => t.columns);
    const total = sizes.reduce((a, b) => a + b, 0);
    const units = sizes.map((n, k) => directions.unit(total, sum(sizes.slice(0, k)), n));
    const derivatives = derivative(record, state, units, directions.ones(total), (repeated) => step(context, repeated));
    return derivatives.map((d) => combine(record, [[1, d]]));
  });
  return { stacks: [...first.map((t) => [t]), ...stacks], inputs: directions.inputs };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function exponents(results: Numbers[][], { features, times }: OdeSteps): number[] {
  const parts = results.length / 2;
  /** The columns of a derivative: each result holds some of its rows, direction by direction. */
  const columns = (from: number, time: number, directions: number): Float64Array[] =>
    Array.from({ length: directions }, (_, d) =>
      Float64Array.from(
        results.slice(from, from + parts).flatMap((blocks) => {
          const block = blocks[time] as Numbers;
          const rows = block.length / directions;
          return Array.from(block.subarray(d * rows, (d + 1) * rows));
        }),
      ),
    );
  let Q = columns(0, 0, features);
  orthonormalize(Q);
  const logs = new Float64Array(features);
  for (let j = 0; j + 1 < times.length; j++) {
    const P = columns(parts, j, Q[0]?.length ?? 0);
    Q = Q.map((q) => product(P, q));
    orthonormalize(Q).forEach((r, k) => {
      logs[k] = (logs[k] as number) + Math.log(r);
    });
  }
  const T = times[times.length - 1] as number;
  return Array.from(logs, (v) => v / T).sort((a, b) => b - a);
}

/** P q of a matrix given by its columns. */
function product(P: readonly Float64Array[], q: Float64Array): Float64Array {
  const out = new Float64Array(P[0]?.length ?? 0);
  P.forEach((column, k) => {
    const factor = q[k] as number;
    for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + factor * (column[i] as number);
  });
  return out;
}
