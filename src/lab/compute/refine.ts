/** The same network on a grid twice as fine: θ(t) stays the function of time that it was. */
import type { Model } from "../../model/model.ts";
import { prolong } from "../../training/prolong.ts";

/** Gives `fine`, which has twice the steps, the parameters of `coarse`. */
export function refine(coarse: Model, fine: Model): void {
  const { layers } = coarse.network;
  for (const { name } of coarse.parameters) {
    const values = coarse.get(name);
    const layer = layers[Number.parseInt(name, 10)];
    if (layer?.kind !== "ode") fine.set(name, values);
    else {
      const { steps, weights } = layer;
      // A set for each step is a function that jumps: it keeps its jumps.
      fine.set(name, prolong(values, steps, 2, weights, weights === "perStep" ? "nearest" : "linear"));
    }
  }
}
