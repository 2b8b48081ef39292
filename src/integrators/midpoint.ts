/** Explicit midpoint rule: y' = y + h f(y + h/2 f(y)). Order 2 (Runge 1895). */
import { rungeKutta } from "./tableau.ts";

export const midpoint = rungeKutta("midpoint", 2, [[], [1 / 2]], [0, 1]);
