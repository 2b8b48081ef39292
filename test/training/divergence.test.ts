import { describe, expect, it } from "vitest";
import { createModel, leastSquares, linear, network as networkOf, resNet, sgd, train } from "../../src/index.ts";
import { allFinite, data, freshModel, members, optimizerOf, precisions } from "./subjects.ts";

const relu = resNet({ input: 2, outputs: 2, width: 5, steps: 3, activation: "relu" });

describe.each(members)("$name in $precision", ({ name, precision }) => {
  it.each([1e30, 1e38, 1e150, 1e300])("keeps θ finite at the learning rate %d", async (learningRate) => {
    const model = await createModel(relu, { precision });
    const options = { optimizer: optimizerOf(name, learningRate), epochs: 20, batchSize: 20 };
    const steps = [...train(model, data, options)];
    expect(allFinite(model.get())).toBe(true);
    const last = steps.at(-1);
    if (last?.diverged) {
      // Nothing is half done: the model trains on from where it stands, after a reset.
      model.set(model.get().fill(0.1));
      const again = [...train(model, data, { epochs: 1 })];
      expect(again.every(({ value, diverged }) => Number.isFinite(value) && !diverged)).toBe(true);
    }
    // In single precision these rates leave the range at once; in double precision Adam's bounded steps may not.
    if (precision === "f32") expect(last?.diverged).toBe(true);
    expect(steps.slice(0, -1).some(({ diverged }) => diverged)).toBe(false);
  });
});

describe.each(precisions)("%s", (precision) => {
  it("the step that diverges leaves θ as the step before left it", async () => {
    const model = await createModel(relu, { precision });
    let before = model.get();
    let diverged = false;
    for (const step of train(model, data, { optimizer: sgd({ learningRate: 1e30 }), epochs: 20, batchSize: 20 })) {
      if (step.diverged) {
        diverged = true;
        expect(model.get()).toEqual(before);
      }
      before = model.get();
    }
    expect(diverged).toBe(true);
  });

  it("a batch of several chunks diverges as a small one does", async () => {
    const features = Float64Array.from({ length: 2 * 3000 }, (_, i) => (i % 7) / 7 - 0.4);
    const many = { features, labels: Array.from({ length: 3000 }, (_, i) => i % 2) };
    for (const learningRate of [1e30, 1e300]) {
      const model = await createModel(relu, { precision });
      const steps = [...train(model, many, { optimizer: sgd({ learningRate }), epochs: 20, batchSize: 3000 })];
      expect(steps.at(-1)?.diverged).toBe(true);
      expect(allFinite(model.get())).toBe(true);
    }
  });

  it("fit says when the rate alone was too large", async () => {
    const model = await freshModel(precision);
    const result = await model.fit(data, { optimizer: sgd({ learningRate: 1e300 }) });
    expect(result).toMatchObject({
      status: "diverged",
      reason:
        "step 1 with the learning rate 1e+300 made θ too large for its precision; θ is that of the step before. Take a smaller learning rate.",
      history: [],
    });
    expect(result.best).toBeUndefined();
  });
});

it("fit says which step it was, and why", async () => {
  const least = await createModel(networkOf({ input: 1, layers: [linear(1)] }), { loss: leastSquares() });
  const line = { features: [1, 2], labels: [1, 2] };
  const result = await least.fit(line, { optimizer: sgd({ learningRate: 1e9 }), epochs: 100, batchSize: 2 });
  expect(result.status).toBe("diverged");
  expect(result.reason).toMatch(
    /^step \d+ gave the objective (Infinity|NaN|[\d.e+]+) and the gradient norm (Infinity|NaN|[\d.e+]+); θ is that of the step before\. Take a smaller learning rate\.$/,
  );
  expect(allFinite(least.get())).toBe(true);
  expect(result.history.length).toBeLessThan(100);
});
