import { expect, it } from "vitest";
import { add, createModel, dense, hamiltonianNet, type Layer, linear, network, pad, resNet } from "../../src/index.ts";

const networks = {
  resNet: resNet({ input: 2, outputs: 3, width: 4, steps: 5, finalTime: 2 }),
  hamiltonianNet: hamiltonianNet({ input: 2, outputs: 2, width: 3, steps: 4, weights: "constant" }),
  block: network({ input: 3, layers: [add<Layer>([dense(5, { scale: 0.5, activation: "softplus" })], [pad(5)]), linear(2)] }),
};

// The recordings as they are compiled: a change here is a change of speed or memory, and is meant.
it.each(Object.entries(networks))("the training recording of %s", async (name, description) => {
  const model = await createModel(description);
  await expect(`${fromZero(model.describe(32))}\n`).toMatchFileSnapshot(`./${name}.txt`);
  model.dispose();
});

/** Shared addresses counted from the lowest: where the block begins depends on the module's own constants. */
function fromZero(listing: string): string {
  const lowest = Math.min(...[...listing.matchAll(/@s(\d+)/g)].map((m) => Number(m[1])));
  return listing.replace(/@s(\d+)/g, (_, at) => `@s${Number(at) - lowest}`);
}
