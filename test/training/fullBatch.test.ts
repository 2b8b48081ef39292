import { describe, expect, it } from "vitest";
import {
  cosine,
  createModel,
  euler,
  gradientDescent,
  layerField,
  lbfgs,
  linear,
  network,
  newtonCG,
  nlcg,
  ode,
  sgd,
  softmaxCrossEntropy,
  stabilityProjection,
  tikhonov,
  timeSmoothing,
  timeSmoothness,
  train,
  variableProjection,
} from "../../src/index.ts";
import { bytesOf, data, precisions } from "./subjects.ts";

const net = network({
  input: 2,
  layers: [ode(layerField(), euler, { steps: 4, finalTime: 2, weights: "nodal" }), linear(2)],
});
const regularizers = [timeSmoothness(1e-2), tikhonov(1e-3)];
const make = (precision: "f32" | "f64" = "f64", more = regularizers) =>
  createModel(net, { precision, seed: 2, regularizers: more, loss: softmaxCrossEntropy });

const methods = [
  gradientDescent(),
  nlcg(),
  lbfgs(),
  newtonCG(),
  newtonCG({ hessian: "blockGaussNewton", lineSearch: "decrease" }),
  newtonCG({ hessian: "exact", lineSearch: "trustRegion" }),
  newtonCG({ preconditioner: timeSmoothing() }),
  newtonCG({ lineSearch: "trustRegion", preconditioner: timeSmoothing({ alpha: 0.1, shift: 0.5 }) }),
  variableProjection(),
  variableProjection({ hessian: "reduced" }),
].map((optimizer) => ({ optimizer, title: `${optimizer.kind} ${optimizer.options}` }));

describe.each(precisions)("%s", (precision) => {
  it.each(methods)("$title lowers the objective in every step, and reports it", async ({ optimizer }) => {
    const model = await make(precision);
    const first = model.value(data);
    let last = Number.POSITIVE_INFINITY;
    for (const step of train(model, data, { optimizer, epochs: 15 })) {
      expect(step.value).toBeLessThanOrEqual(last);
      expect(step.gradientNorm).toBeGreaterThanOrEqual(0);
      expect(step.evaluations).toBeGreaterThanOrEqual(1);
      last = step.value;
    }
    expect(model.value(data)).toBeLessThanOrEqual(last);
    expect(last).toBeLessThan(0.9 * first);
    const { optimizer: left } = model.memory;
    expect(left).toBe(0);
  });
});

it.each([lbfgs(), newtonCG({ hessian: "exact" }), nlcg({ iterations: 2000 })])(
  "$kind converges, and fit says why",
  async (optimizer) => {
    const model = await make("f64", [tikhonov(0.05)]);
    const { status, reason } = await model.fit(data, { optimizer, epochs: 1000 });
    expect(status).toBe("converged");
    expect(reason).toMatch(/^converged/);
    const { gradient } = model.gradient(data);
    expect(Math.hypot(...gradient)).toBeLessThan(1e-6);
  },
);

it("the same options give the same bits", async () => {
  const runs = await Promise.all(
    [0, 1].map(async () => {
      const model = await make();
      await model.fit(data, { optimizer: variableProjection(), epochs: 5 });
      return bytesOf(model);
    }),
  );
  expect(runs[0]).toEqual(runs[1]);
});

it("newtonCG takes mini-batches; lbfgs and nlcg, and schedules and clips, are refused", async () => {
  const model = await make();
  const steps = [...train(model, data, { optimizer: newtonCG(), batchSize: 32, epochs: 2 })];
  expect(steps).toHaveLength(6);
  expect(() => train(model, data, { optimizer: lbfgs(), batchSize: 32 })).toThrow(/all examples in a step of lbfgs/);
  expect(() => train(model, data, { optimizer: nlcg(), schedule: cosine() })).toThrow(/no schedule/);
  expect(() => train(model, data, { optimizer: nlcg(), clip: 1 })).toThrow(/no clip/);
  const open = await createModel(network({ input: 2, layers: [ode(layerField(), euler, { steps: 2 })] }));
  expect(() => train(open, data, { optimizer: variableProjection() })).toThrow(/ends with linear/);
});

it("a start that is not finite ends as divergence, θ kept", async () => {
  const model = await make("f32");
  const theta = model.get().fill(1e38);
  model.set(theta);
  const { status, reason } = await model.fit(data, { optimizer: lbfgs() });
  expect(status).toBe("diverged");
  expect(reason).toMatch(/objective (NaN|Infinity)/);
  expect(model.get()).toEqual(theta);
});

it.each([gradientDescent(), sgd({ learningRate: 0.5 })])(
  "$kind keeps to the stability constraint",
  async (optimizer) => {
    const model = await make("f64", [stabilityProjection() as never]);
    const before = model.value(data);
    await model.fit(data, { optimizer, epochs: 20, batchSize: 70 });
    expect(model.value(data)).toBeLessThan(before);
    const theta = model.get();
    model.project();
    theta.forEach((t, i) => {
      expect(model.get()[i]).toBeCloseTo(t, 12);
    });
    expect(() => train(model, data, { optimizer: lbfgs() })).toThrow(/keeps to stabilityProjection/);
  },
);
