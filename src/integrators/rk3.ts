/** Kutta's method of order 3 (1901): stages at 0, 1/2, 1 with weights 1/6, 2/3, 1/6. Stable up to √3 on the imaginary axis. */
import { rungeKutta } from "./tableau.ts";

export const rk3 = rungeKutta("rk3", 3, [[], [1 / 2], [-1, 2]], [1 / 6, 2 / 3, 1 / 6]);
