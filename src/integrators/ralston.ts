/** Ralston's method: k = f(y), y' = y + h (k/4 + 3/4 f(y + 2h/3 k)). Order 2 with the least error bound (Ralston 1962). */
import { rungeKutta } from "./tableau.ts";

export const ralston = rungeKutta("ralston", 2, [[], [2 / 3]], [1 / 4, 3 / 4]);
