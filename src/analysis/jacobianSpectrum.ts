/**
 * The eigenvalues λ of J_j = ∂f/∂y(y_j, θ_j) along a trajectory, h λ, and ‖J_{j+1} − J_j‖ / (h ‖J_j‖): Re λ ≤ 0 means
 * stability only where J changes slowly (Ascher, Mattheij & Russell 1995, ch. 3).
 */
import type { Features } from "../model/examples.ts";
import type { Model } from "../model/model.ts";
import { type Eigenvalue, eigenvalues } from "./eigenvalues.ts";
import { fieldJacobians, type Jacobians } from "./fieldJacobian.ts";
import { inspectedRows, type LayerChoice } from "./inspection.ts";

export interface StepSpectrum {
  readonly time: number;
  /** Of the dynamics' own Jacobian; partitioned and second-order ones as first-order systems. */
  readonly eigenvalues: Eigenvalue[];
  /** h λ, to be held against the integrator's region of stability. */
  readonly scaled: Eigenvalue[];
  /** The Jacobian, size × size, row by row. */
  readonly jacobian: Float64Array;
  /** ‖J_{j+1} − J_j‖_F / (h ‖J_j‖_F); absent at the last step. */
  readonly rate?: number;
}

/** One entry a time step for one example. Throws `option` without an ode layer, `shape`, `value`. */
export function jacobianSpectrum(model: Model, example: Features, choice: LayerChoice = {}): StepSpectrum[] {
  const rows = inspectedRows(model, example, "jacobianSpectrum");
  return spectra(fieldJacobians(model, rows, 0, "jacobianSpectrum", choice));
}

/** The spectra of Jacobians that are known. */
export function spectra({ values, size, stepSizes, times }: Jacobians): StepSpectrum[] {
  return values.map((J, j) => {
    const h = stepSizes[j] as number;
    const found = eigenvalues(Array.from({ length: size }, (_, r) => J.subarray(r * size, (r + 1) * size)));
    const next = values[j + 1];
    const norm = frobenius(J);
    return {
      time: times[j] as number,
      eigenvalues: found,
      scaled: found.map(({ re, im }) => ({ re: h * re, im: h * im })),
      jacobian: J,
      ...(next
        ? { rate: norm === 0 ? 0 : frobenius(next.map((v, k) => v - (J[k] as number))) / (Math.abs(h) * norm) }
        : {}),
    };
  });
}

function frobenius(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
}
