/** The classical Runge–Kutta method of order 4 (Kutta 1901). Stable up to 2√2 on the imaginary axis. */
import type { Tensor } from "../core/recording/tensor.ts";
import type { Integrator } from "./integrator.ts";
import { rungeKutta } from "./tableau.ts";

export const rk4: Integrator<"vector", [y: Tensor]> = {
  ...rungeKutta("rk4", 4, [[], [1 / 2], [0, 1 / 2], [0, 0, 1]], [1 / 6, 1 / 3, 1 / 3, 1 / 6]),
  usual: true,
};
