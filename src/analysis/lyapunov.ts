/**
 * Lyapunov exponents over the trajectory: Q_0 R_0 = ∂x_0/∂y_0, Q_{j+1} R_{j+1} = P_j Q_j with P_j the derivative of step j in
 * the method's state x (features, and z or the velocity where there is one); exponent i is 1/T Σ_j log |(R_j)_ii|, j ≥ 1
 * (Benettin et al. 1980). Perturbations are those of the features y_0: n_f exponents, positive where they grow.
 */
import { Matrix, QrDecomposition } from "ml-matrix";
import type { Numbers } from "../core/memory.ts";
import type { Recorder } from "../core/recorder.ts";
import type { OdeSteps } from "../layers/parameters.ts";
import type { Features } from "../model/examples.ts";
import type { Model } from "../model/model.ts";
import { combine } from "../operations/combine.ts";
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
  const matrix = (from: number, time: number, rows: number): Matrix => {
    const blocks = Array.from({ length: parts }, (_, k) => results[from + k]?.[time] as Numbers);
    const columns = blocks.map((b) => b.length / rows);
    // Transposed: rows of the results are directions.
    return Matrix.from1DArray(rows, sum(columns), rowsTogether(blocks, columns, rows)).transpose();
  };
  let Q = new QrDecomposition(matrix(0, 0, features)).orthogonalMatrix;
  const logs = new Float64Array(features);
  for (let j = 0; j + 1 < times.length; j++) {
    const qr = new QrDecomposition(matrix(parts, j, Q.rows).mmul(Q));
    const R = qr.upperTriangularMatrix;
    for (let k = 0; k < features; k++) logs[k] = (logs[k] as number) + Math.log(Math.abs(R.get(k, k)));
    Q = qr.orthogonalMatrix;
  }
  const T = times[times.length - 1] as number;
  return Array.from(logs, (v) => v / T).sort((a, b) => b - a);
}

function rowsTogether(blocks: readonly Numbers[], columns: readonly number[], rows: number): number[] {
  return Array.from({ length: rows }, (_, r) =>
    blocks.flatMap((b, k) => Array.from(b.subarray(r * (columns[k] as number), (r + 1) * (columns[k] as number)))),
  ).flat();
}
