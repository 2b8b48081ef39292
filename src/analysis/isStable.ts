/** Whether every hλ of the Jacobian along the trajectory lies in the integrator's region of stability, step by step. */
import type { Features } from "../model/examples.ts";
import type { Model } from "../model/model.ts";
import { fieldJacobians } from "./fieldJacobian.ts";
import { checkSameTimes, inspectedRows, type LayerChoice } from "./inspection.ts";
import { spectra } from "./jacobianSpectrum.ts";

export interface StepStability {
  readonly time: number;
  readonly stable: boolean;
  /** The largest |R(hλ)| of all eigenvalues and examples: what one step multiplies a perturbation by. */
  readonly amplification: number;
  /** The largest ‖J_{j+1} − J_j‖ / (h ‖J_j‖) of all examples: where it is large, eigenvalues say little. */
  readonly rate: number;
}

export interface Stability {
  /** Whether every step is. */
  readonly stable: boolean;
  readonly steps: StepStability[];
  /** The largest of all steps. */
  readonly amplification: number;
  readonly rate: number;
}

export interface StabilityOptions extends LayerChoice {
  /**
   * |R|² ≤ 1 + tolerance; default 1e-7 (f64) or 1e-3 (f32): an eigenvalue 0 of a wave equation is double, and a double one
   * is found to the root of the precision.
   */
  tolerance?: number;
}

/** Holds the spectra of all examples against the integrator's region. Throws `option` without an ode layer. */
export function isStable(model: Model, features: Features, options: StabilityOptions = {}): Stability {
  const rows = inspectedRows(model, features, "isStable");
  const { tolerance = model.precision === "f64" ? 1e-7 : 1e-3 } = options;
  const first = fieldJacobians(model, rows, 0, "isStable", options);
  const { integrator, times } = first;
  const amplification = new Float64Array(times.length - 1);
  const rate = new Float64Array(times.length - 1);
  for (let i = 0; i < rows.count; i++) {
    const jacobians = i === 0 ? first : fieldJacobians(model, rows, i, "isStable", options);
    checkSameTimes(times, jacobians.times, "isStable");
    spectra(jacobians).forEach((step, j) => {
      for (const z of step.scaled) amplification[j] = Math.max(amplification[j] as number, integrator.amplification(z));
      rate[j] = Math.max(rate[j] as number, step.rate ?? 0);
    });
  }
  const steps = Array.from(amplification, (r, j) => ({
    time: times[j] as number,
    stable: r * r <= 1 + tolerance,
    amplification: r,
    rate: rate[j] as number,
  }));
  return {
    stable: steps.every((s) => s.stable),
    steps,
    amplification: Math.max(...amplification),
    rate: Math.max(...rate),
  };
}
