/**
 * Dormand & Prince's pair of orders 5 and 4 (1980; Hairer, Nørsett & Wanner 1993, table II.5.2): six stages for y', a seventh,
 * f(y'), for the error estimate alone. The steps are chosen first (stepControl.ts) and frozen; what is recorded and
 * differentiated is a Runge–Kutta method of order 5 on that grid. R(z) = Σ_{k≤5} z^k / k! + z⁶ / 600: stable up to 0.99 on
 * the imaginary axis.
 */
import { OdenetError } from "../core/errors.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import { pickOptions, type Rule, type Rules } from "../core/registry.ts";
import type { Integrator, IntegratorFactory } from "./integrator.ts";
import type { Embedded } from "./stepControl.ts";
import { rungeKutta } from "./tableau.ts";

export interface Tolerances {
  /** Relative tolerance of a step's error, default 1e-6. */
  rtol?: number;
  /** Absolute tolerance of a step's error, default 1e-6. */
  atol?: number;
}

const a: readonly (readonly number[])[] = [
  [],
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
];
const c = [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1];
const b = [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84];
/** b − b̂, the weights of order 5 less those of order 4; the last belongs to f(y'). */
const error = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];

const tolerance = (label: string): Rule<number> => ({ kind: "number", label, from: 0, below: 1, initial: 1e-6 });

const options: Rules<Tolerances> = { rtol: tolerance("relative tolerance"), atol: tolerance("absolute tolerance") };

const made = new WeakSet<object>();

/** Steps chosen so that each one's error stays below `atol + rtol |y|`, the largest over the batch. Order 5. */
export function dopri5(tolerances: Tolerances = {}): Integrator<"vector", [y: Tensor]> {
  const { rtol, atol } = pickOptions<Required<Tolerances>>("dopri5", options, tolerances);
  if (rtol === 0 && atol === 0) {
    throw new OdenetError("option", "dopri5: expected rtol or atol above 0, got 0 for both. Take rtol: 1e-6.");
  }
  const adaptive: Embedded = { tolerances: Object.freeze({ rtol, atol }), a, b, c, error, order: 5 };
  const method = Object.freeze({ ...rungeKutta("dopri5", 5, a, b, c), adaptive });
  made.add(method);
  return method;
}

/** The family's entry: a method with options is made by them. */
export const dopri5Entry: IntegratorFactory = {
  name: "dopri5",
  label: "Dormand–Prince 5(4)",
  options,
  make: dopri5,
  made: (integrator) => made.has(integrator),
};
