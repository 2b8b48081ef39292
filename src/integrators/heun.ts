/** Heun's method: k = f(y), y' = y + h/2 (k + f(y + h k)). Order 2; with nodal weights the course's multistep slide. */
import { rungeKutta } from "./tableau.ts";

export const heun = rungeKutta("heun", 2, [[], [1]], [1 / 2, 1 / 2]);
