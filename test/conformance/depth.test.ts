/** 10,000 layers of width 32 (2,000 in f32): memory and plan of ten, and the gradient of the stored features. */
import { describe, expect, it } from "vitest";
import { train } from "../../src/index.ts";
import { type Deep, deepData, deepModel, distance } from "../support/deep.ts";
import { using } from "../support/odeModels.ts";

const EXAMPLES = 2;
const data = deepData(EXAMPLES);

const bounds = { verlet: { f32: 1e-5, f64: 1e-11 }, leapfrog: { f32: 1e-4, f64: 1e-11 } } as const;

const cases = [
  { kind: "hamiltonian", integrator: "verlet" },
  { kind: "doubleHamiltonian", integrator: "verlet" },
  { kind: "secondOrder", integrator: "leapfrog" },
] as const;

const depths = { f32: 2000, f64: 10_000 } as const;

describe.each(cases)("T = 10: $kind with $integrator", { timeout: 60_000 }, (pair) => {
  it.each(["f32", "f64"] as const)(
    "thousands of layers train in the memory of ten with the stored gradient, %s",
    async (precision) => {
      const deep: Deep = { steps: depths[precision], finalTime: 10, precision, start: "half" };
      const stored = await using(deepModel(pair, deep), (model) => ({
        gradient: model.gradient(data).gradient,
        features: model.memory.features,
      }));
      const shallow = await using(deepModel(pair, { ...deep, steps: 10, finalTime: 5, reversible: true }), (model) => {
        model.gradient(data);
        return { features: model.memory.features, listing: model.describe(EXAMPLES).split("\n").length };
      });
      await using(deepModel(pair, { ...deep, reversible: true }), (model) => {
        const { gradient, value } = model.gradient(data);
        expect(distance(model, gradient, stored.gradient)).toBeLessThan(bounds[pair.integrator][precision]);
        expect(model.memory.features).toBe(shallow.features);
        expect(model.memory.features).toBeLessThan(stored.features * (20 / deep.steps));
        expect(model.describe(EXAMPLES).split("\n").length).toBe(shallow.listing);
        const steps = [...train(model, data, { epochs: 2, batchSize: EXAMPLES })];
        expect(steps[0]?.value).toBe(value);
        expect(steps[1]?.value).toBeLessThan(value);
      });
    },
  );
});
