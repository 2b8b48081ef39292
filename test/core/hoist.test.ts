import { describe, expect, it } from "vitest";
import { slideModel } from "../../src/experiments/objectiveSurface.ts";
import { antisymmetric, createModel, euler, network, ode } from "../../src/index.ts";
import { engineOf } from "../../src/model/model.ts";
import { recipe } from "../../src/model/recipe.ts";
import { recordSurface } from "../../src/model/recordings.ts";

/** The lines of a listing, a line in a loop with two blanks before it. */
const lines = (listing: string) => listing.split("\n");
const named = (listing: string, operation: string) => lines(listing).filter((line) => line.includes(` ${operation}(`));

describe("what no iteration changes", () => {
  it("is computed before the time loop, and once for each θ of a surface", async () => {
    const engine = engineOf(await slideModel(5, "f64"));
    const { plan } = engine.plans.of(
      recipe((_, n) => recordSurface(engine, n, 3), { alone: true }),
      20,
    );
    const listing = plan.describe();
    expect(named(listing, "to-image").map((line) => line.search(/\S/))).toEqual([2]);
    expect(lines(listing).filter((line) => line.startsWith("    ")).length).toBe(2); // a step: K y, and the rest
  });

  it.each([
    ["constant", 0],
    ["perStep", 2],
  ] as const)("is that of weights which are %s in time: K − Kᵀ at depth %i", async (weights, depth) => {
    const block = ode(antisymmetric(), euler, { steps: 4, weights });
    const model = await createModel(network({ input: 4, layers: [block] }));
    const skews = named(model.describe(8), "skew").filter((line) => !line.includes("+="));
    expect(skews.length).toBeGreaterThan(1); // forward and backward
    expect(new Set(skews.slice(0, 2).map((line) => line.search(/\S/)))).toEqual(new Set([depth]));
  });

  it("stays where it is overwritten: zeros and first values", async () => {
    const block = ode(antisymmetric(), euler, { steps: 4, weights: "constant", checkpoint: "sqrt" });
    const listing = (await createModel(network({ input: 4, layers: [block] }))).describe(8);
    expect(listing).toMatch(/\n {2}repeat 2\n/);
    expect(listing).toMatch(/\n {2}%\d+ @p\d+ 4×4 = copy\(/); // of the sum so far, in every iteration
  });
});
