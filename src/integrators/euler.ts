/** Forward Euler: y' = y + h f(y). Order 1: the residual network. Its stable set is the disc |1 + z| ≤ 1. */
import { rungeKutta } from "./tableau.ts";

export const euler = rungeKutta("euler", 1, [[]], [1]);
