/**
 * Lyapunov exponents over the trajectory: Q_0 R_0 = ∂x_0/∂y_0, Q_{j+1} R_{j+1} = P_j Q_j with P_j the derivative of step j in
 * the method's state x; exponent i is 1/T Σ_j log |(R_j)_ii|, j ≥ 1 (Benettin et al. 1980). Perturbations are those of the
 * features y_0: n_f exponents, positive where they grow.
 */
import type { Features } from "../model/examples.ts";
import type { Model } from "../model/model.ts";
import { times } from "./columns.ts";
import { orthonormalize } from "./gramSchmidt.ts";
import { inspectedRows, type LayerChoice } from "./inspection.ts";
import { type Propagators, propagators } from "./propagators.ts";

/** The exponents, largest first; for several examples their means. Throws `option` without an ode layer. */
export function lyapunov(model: Model, features: Features, choice: LayerChoice = {}): number[] {
  const rows = inspectedRows(model, features, "lyapunov");
  const totals: number[] = [];
  for (let i = 0; i < rows.count; i++) {
    exponents(propagators(model, rows, i, "lyapunov", choice)).forEach((value, k) => {
      totals[k] = (totals[k] ?? 0) + value / rows.count;
    });
  }
  return totals;
}

function exponents({ steps, begin, along }: Propagators): number[] {
  let Q = begin;
  orthonormalize(Q);
  const logs = new Float64Array(steps.features);
  for (const P of along) {
    Q = Q.map((q) => times(P, q));
    orthonormalize(Q).forEach((r, k) => {
      logs[k] = (logs[k] as number) + Math.log(r);
    });
  }
  const T = steps.times[steps.times.length - 1] as number;
  return Array.from(logs, (v) => v / T).sort((a, b) => b - a);
}
