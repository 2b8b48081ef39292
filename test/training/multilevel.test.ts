import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { swissRoll } from "../../src/data/index.ts";
import {
  add,
  createModel,
  euler,
  hamiltonian,
  layerField,
  lbfgs,
  linear,
  multilevel,
  network,
  ode,
  verlet,
} from "../../src/index.ts";
import { prolong } from "../../src/training/prolong.ts";

const { theta, theta2 } = JSON.parse(
  readFileSync(new URL("../fixtures/regularizers.json", import.meta.url), "utf8"),
).prolongate;

/** Column after column of features × steps. */
const flat = (rows: number[][]) =>
  Float64Array.from(
    { length: rows.length * (rows[0]?.length ?? 0) },
    (_, i) => rows[i % rows.length]?.[Math.floor(i / rows.length)] as number,
  );

it("weights per step are carried as in regularizers.json", () => {
  const fine = prolong(flat(theta), theta[0].length, 2, "perStep");
  const expected = flat(theta2);
  expect(fine).toHaveLength(expected.length);
  fine.forEach((x, i) => {
    expect(Math.abs(x - (expected[i] as number))).toBeLessThanOrEqual(1e-12);
  });
});

it("nodal weights are the interpolant itself, so the carried ones are the same θ(t)", () => {
  expect([...prolong(Float64Array.of(0, 4, 2), 2, 4, "nodal")]).toEqual([0, 1, 2, 3, 4, 3.5, 3, 2.5, 2]);
  expect([...prolong(Float64Array.of(0, 4, 2), 1, 2, "halfSteps")]).toEqual([0, 2, 4, 3, 2]);
  expect([...prolong(Float64Array.of(0, 4, 2), 2, 3, "nodal", "nearest")]).toEqual([0, 0, 4, 4, 4, 2, 2]);
  expect([...prolong(Float64Array.of(7, 9), 2, 2, "perStep", "nearest")]).toEqual([7, 7, 9, 9]);
  expect([...prolong(Float64Array.of(7, 9), 5, 2, "constant")]).toEqual([7, 9]);
});

it.each(["perStep", "nodal"] as const)(
  "a Hamiltonian network with %s weights goes from 4 to 16 steps, better on each",
  async (weights) => {
    const net = network({
      input: 2,
      layers: [ode(hamiltonian({ bias: "scalar" }), verlet, { steps: 4, finalTime: 8, weights }), linear(2)],
    });
    const seen: number[] = [];
    const data = swissRoll({ examples: 100 });
    const { model, levels } = await multilevel(net, data, {
      ...{ levels: [4, 8, 16], optimizer: lbfgs(), epochs: 12, precision: "f64", seed: 3 },
      onLevel: (_, m) => seen.push(m.value(data)),
    });
    expect(levels.map(({ steps }) => steps)).toEqual([4, 8, 16]);
    expect(model.parameters[0]?.shape[0]).toBe(weights === "nodal" ? 17 : 16);
    expect(seen[2]).toBeLessThan(seen[0] as number);
    model.dispose();
  },
);

it("layers inside add are carried too, others copied", async () => {
  const net = network({ input: 2, layers: [linear(3), add([ode(layerField(), euler, { steps: 2 })]), linear(2)] });
  const { model } = await multilevel(net, swissRoll({ examples: 20 }), { levels: [2, 4], epochs: 0, seed: 1 });
  const coarse = await createModel(net, { seed: 1 });
  expect(model.get("0.W")).toEqual(coarse.get("0.W"));
  expect([...model.get("1.branch.0.K").subarray(0, 9)]).toEqual([...coarse.get("1.branch.0.K").subarray(0, 9)]);
});

it("levels that do not divide, and networks without time, are refused", async () => {
  const data = swissRoll({ examples: 20 });
  const net = network({ input: 2, layers: [ode(layerField(), euler, { steps: 2 }), linear(2)] });
  await expect(multilevel(net, data, { levels: [4, 6] })).rejects.toThrow(/multiple of the one before, got 6 after 4/);
  await expect(multilevel(net, data, { levels: [] })).rejects.toThrow(/levels as numbers/);
  await expect(multilevel(network({ input: 2, layers: [linear(2)] }), data, { levels: [2] })).rejects.toThrow(
    /ode layer/,
  );
});
