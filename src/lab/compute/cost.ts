/** Products that one example costs: every weight once, in a convolution once for every position of the image. */
import type { Model } from "../../model/model.ts";
import { layOutNetwork } from "../../networks/network.ts";

const found = new WeakMap<Model, number>();

export function productsOf(model: Model): number {
  const before = found.get(model);
  if (before !== undefined) return before;
  const { input, layers } = model.network;
  let products = 0;
  for (const { name, shape } of model.parameters) {
    const until = Number.parseInt(name, 10) + 1;
    const { output } = layOutNetwork({ input, layers: layers.slice(0, until) });
    const positions = typeof output === "number" ? 1 : output[1] * output[2];
    products += positions * shape.reduce((a, b) => a * b, 1);
  }
  found.set(model, products);
  return products;
}
