/** Checkpoints and the memory-free backward pass change where features come from, never what comes out. */
import { describe, expect, it } from "vitest";
import { linear, softmaxCrossEntropy } from "../../src/index.ts";
import type { WeightsInTime } from "../reference/weights.ts";
import { deviation, expectAgreement } from "../support/agreement.ts";
import { integers, symmetric } from "../support/draws.ts";
import { joiningPairs } from "../support/families.ts";
import { odeModel, type Pair, startsOf, steppers, using, widthOf } from "../support/odeModels.ts";

const WIDTH = 4;
const EXAMPLES = 5;

const isReversible = ({ integrator }: Pair) => steppers[integrator]?.inverse !== undefined;
const layouts: readonly WeightsInTime[] = ["perStep", "constant", "nodal", "halfSteps"];

const dataFor = (pair: Pair) => ({
  features: symmetric(1, EXAMPLES * widthOf(pair, WIDTH)),
  labels: integers(2, EXAMPLES, 3),
});

function derivatives(pair: Pair, options: object) {
  const subject = { width: WIDTH, options: { ...options }, after: [linear(3)], loss: softmaxCrossEntropy };
  const data = dataFor(pair);
  return using(odeModel(pair, subject), (model) => {
    model.set(symmetric(3, model.get().length, 0.8));
    const v = symmetric(5, model.get().length);
    return {
      scores: model.scores(data.features),
      gradient: model.gradient(data).gradient,
      inputGradient: model.inputGradient(data),
      hessian: model.hessianVector(data, v),
    };
  });
}

describe.each(joiningPairs)("$kind, $kernel, with $integrator", (pair) => {
  const starts = startsOf(pair.integrator);
  const cases = (pair.kernel === "dense" ? layouts : (["constant", "nodal"] as const)).flatMap((weights) =>
    starts.map((start) => ({ weights, start })),
  );

  it.each(cases)("gives the stored derivatives: $weights, $start", async (options) => {
    // 11 steps: two segments of four, and some left over.
    const plain = { ...options, steps: 11, finalTime: 1.7 };
    const stored = await derivatives(pair, plain);
    expect(await derivatives(pair, { ...plain, checkpoint: "sqrt" }), "to the last bit with checkpoints").toEqual(
      stored,
    );
    if (!isReversible(pair)) return;
    const free = await derivatives(pair, { ...plain, reversible: true });
    for (const [name, values] of Object.entries(stored)) {
      expectAgreement(`reversible: ${name}`, free[name as keyof typeof free], values, 1e-12);
    }
  });
});

describe.each(joiningPairs.filter(isReversible))("$kind, $kernel, with $integrator goes back to its start", (pair) => {
  it.each(startsOf(pair.integrator))("start %s", async (start) => {
    for (const [precision, bound] of [
      ["f64", 1e-14],
      ["f32", 1e-5],
    ] as const) {
      const options = { steps: 40, finalTime: 4, weights: "nodal", start };
      await using(odeModel(pair, { width: WIDTH, options, precision }), (model) => {
        model.set(symmetric(6, model.get().length));
        const error = model.reversibilityError(dataFor(pair).features);
        expect(error).toBeGreaterThan(0);
        expect(error).toBeLessThan(bound);
      });
    }
  });
});

describe("memory", () => {
  const features = (pair: Pair, options: object) =>
    using(odeModel(pair, { width: WIDTH, options: { ...options } }), (model) => {
      const { features } = dataFor(pair);
      model.gradient({ features, labels: features });
      return { features: model.memory.features, listing: model.describe(EXAMPLES).split("\n").length };
    });

  it.each(joiningPairs.filter(isReversible))(
    "of a reversible $kind, $kernel, does not grow with depth",
    async (pair) => {
      const shallow = await features(pair, { steps: 10, reversible: true });
      expect(await features(pair, { steps: 300, reversible: true })).toEqual(shallow);
    },
  );

  it.each(joiningPairs)("of checkpoints of $kind, $kernel, with $integrator grows with √N", async (pair) => {
    const deep = await features(pair, { steps: 400, checkpoint: "sqrt" });
    const shallow = await features(pair, { steps: 25, checkpoint: "sqrt" });
    expect(deep.listing).toBe(shallow.listing);
    expect(deep.features / shallow.features).toBeLessThan(4.5);
  });
});

describe("reversibilityError", () => {
  it("says that no layer is reversible", () =>
    using(odeModel({ kind: "layerField", integrator: "rk4" }, { width: 2, options: { steps: 2 } }), (model) => {
      expect(() => model.reversibilityError([1, 2])).toThrow(
        expect.objectContaining({ code: "option", message: expect.stringMatching(/reversible integrator.*got none/) }),
      );
      expect(deviation(model.scores([1, 2]), model.scores([1, 2]))).toBe(0);
    }));

  it("grows where the flow is unstable", async () => {
    const errors = await Promise.all(
      [10, 100].map((finalTime) => {
        const options = { steps: 10 * finalTime, finalTime, weights: "constant" };
        return using(
          odeModel({ kind: "secondOrder", integrator: "leapfrog" }, { width: 8, options, precision: "f32" }),
          (m) => {
            m.set(symmetric(9, m.get().length, 1.4));
            return m.reversibilityError(symmetric(10, 4 * 8));
          },
        );
      }),
    );
    expect(errors[1]).toBeGreaterThan(errors[0] as number);
  });
});
