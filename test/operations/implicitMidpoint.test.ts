import { describe, expect, it } from "vitest";
import { createModel, implicitMidpoint, layerField, leastSquares, network, ode } from "../../src/index.ts";

/** u = y + 2 relu(u) + …: for y > 0 there is no solution, whatever the solver; for y < 0 it is u = y. */
const unsolvable = (options: object) =>
  createModel(
    network({
      input: 1,
      layers: [
        ode(layerField({ activation: "relu" }), implicitMidpoint, { steps: 12, finalTime: 12, ...options } as never),
      ],
    }),
    { loss: leastSquares, precision: "f64" },
  );

describe("an implicit step without a solution", () => {
  // b lifts y above 0 in step 9; K = 0 until then.
  const K = [0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0];
  const b = new Array<number>(12).fill(0.1);

  it.each([{}, { checkpoint: "sqrt" }])("is reported with its number, %o", async (options) => {
    const model = await unsolvable(options);
    model.set("0.K", K);
    model.set("0.b", b);
    const before = model.get();
    for (const use of [
      () => model.scores([1]),
      () => model.gradient({ features: [1], labels: [0] }),
      () => model.jacobianVector([1], before),
    ]) {
      expect(use).toThrow(
        expect.objectContaining({ code: "convergence", message: expect.stringContaining("step 9 ") }),
      );
    }
    // The model still works, with the same weights, where there is a solution.
    expect(model.get()).toEqual(before);
    expect(model.scores([-30])[0]).toBeCloseTo(-30 + 11 * 0.1, 12);
    model.dispose();
  });
});
