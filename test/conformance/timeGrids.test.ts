/** Grids of times, and dopri5, which finds its own. */
import { describe, expect, it, vi } from "vitest";
import {
  antisymmetric,
  createModel,
  dense,
  dopri5,
  type Layer,
  layerField,
  leastSquares,
  linear,
  network,
  networkFromJSON,
  ode,
  rk4,
  softmaxCrossEntropy,
  train,
  verlet,
} from "../../src/index.ts";
import { acceptedTimes } from "../../src/integrators/stepControl.ts";
import { inner } from "../support/adjoint.ts";
import { expectAgreement, norm } from "../support/agreement.ts";
import { along, integers, symmetric } from "../support/draws.ts";
import { pairs } from "../support/families.ts";
import { accurate, odeModel, steppers, using } from "../support/odeModels.ts";
import { expectTaylor } from "../support/taylor.ts";

const WIDTH = 4;
const features = symmetric(1, 5 * WIDTH);
const labels = integers(2, 5, 3);
const data = { features, labels };

const compiled = (layers: Layer[], precision: "f32" | "f64" = "f64") =>
  createModel(network({ input: WIDTH, layers }), {
    precision,
    loss: layers.length > 1 ? softmaxCrossEntropy : leastSquares,
  });

const oneStep = pairs.filter(({ integrator }) => steppers[integrator]?.stabilityFunction);

describe.each(oneStep)("$kind with $integrator on a grid of times", (pair) => {
  it.each(["perStep", "constant", "nodal", "halfSteps"] as const)("of equal steps is the loop, %s", async (weights) => {
    const both = [{ times: [0, 0.25, 0.5, 0.75, 1] }, { steps: 4, finalTime: 1 }].map((grid) => {
      const subject = { width: WIDTH, options: { ...grid, weights }, after: [linear(3)], loss: softmaxCrossEntropy };
      return using(odeModel(pair, subject), (model) => {
        model.set(symmetric(3, model.get().length));
        const states = model.states(features)[0];
        const v = symmetric(4, model.get().length);
        return [
          states?.times,
          states?.values,
          model.gradient(data).gradient,
          model.inputGradient(data),
          model.jacobianVector(features, v),
        ];
      });
    });
    const [grid, loop] = await Promise.all(both);
    expect(grid?.slice(0, 2)).toEqual(loop?.slice(0, 2));
    // The gradient over steps may be added up in another order.
    for (const k of [2, 3, 4]) expectAgreement(`part ${k}`, grid?.[k] as never, loop?.[k] as never, 1e-14);
  });

  it("passes the Taylor test on unequal steps", () =>
    using(
      odeModel(pair, {
        width: WIDTH,
        options: { times: [0, 0.1, 0.4, 0.45, 1.2], weights: "nodal" },
        after: [linear(3)],
        loss: softmaxCrossEntropy,
      }),
      (model) => {
        const theta = symmetric(5, model.get().length);
        const v = symmetric(6, theta.length);
        model.set(theta);
        const slope = inner(model.gradient(data).gradient, v);
        const at = (h: number) => {
          model.set(along(theta, h, v));
          return [model.value(data)];
        };
        expectTaylor("gradient", { at, derivative: [slope] });
      },
    ));
});

describe("dopri5", () => {
  const layer = (options: object, tol = 1e-6) =>
    ode(layerField(), dopri5({ rtol: tol, atol: tol }), { finalTime: 1.3, ...options });
  const theta = (model: { get(): ArrayLike<number> }) => symmetric(7, model.get().length, 1.5);

  it.each([
    ["identity", 5.1],
    ["tanh", 6.2], // the terms of h⁵ are small by design, so that h⁶ shows at first
  ] as const)("is of order 5 on grids that are halved, %s", async (activation, most) => {
    const errors = await Promise.all(
      (activation === "identity" ? [24, 48] : [12, 24]).map(async (N) => {
        // Unequal steps, the coarse grid's points among the finer one's.
        const times = Array.from({ length: N + 1 }, (_, j) => 1.3 * (j / N) * (0.7 + 0.3 * (j / N)));
        const model = await compiled([ode(layerField({ activation }), dopri5(), { times, weights: "constant" })]);
        model.set(theta(model));
        const [K, b] = [Array.from(model.get("0.K")), Array.from(model.get("0.b"))];
        const exact = [0, 1, 2, 3, 4].flatMap((i) =>
          accurate(
            { kind: "layerField", activation },
            () => ({ K, b }),
            features.slice(i * WIDTH, (i + 1) * WIDTH),
            1.3,
          ),
        );
        return norm(Array.from(model.scores(features), (s, i) => s - (exact[i] as number)));
      }),
    );
    const order = Math.log2((errors[0] as number) / (errors[1] as number));
    expect(order, `${errors}`).toBeGreaterThan(4.9);
    expect(order, `${errors}`).toBeLessThan(most);
  });

  it("follows its tolerance", async () => {
    const errors: number[] = [];
    const steps: number[] = [];
    for (const tol of [1e-3, 1e-5, 1e-7, 1e-9]) {
      const model = await compiled([layer({}, tol)]);
      model.set(theta(model));
      const [K, b] = [Array.from(model.get("0.K")), Array.from(model.get("0.b"))];
      const { times, values } = model.states(features)[0] as { times: readonly number[]; values: ArrayLike<number>[] };
      expect([times[0], times.at(-1)]).toEqual([0, 1.3]);
      const exact = accurate({ kind: "layerField" }, () => ({ K, b }), features.slice(0, WIDTH), 1.3);
      errors.push(norm(exact.map((e, i) => e - (values.at(-1)?.[i] as number))));
      steps.push(times.length - 1);
      expect(errors.at(-1)).toBeLessThan(20 * tol);
    }
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(errors.at(-1)).toBeLessThan(1e-3 * (errors[0] as number));
  });

  it.each([{ weights: "constant" as const }, { weights: "nodal" as const, steps: 3 }])(
    "is differentiated with its steps frozen: $weights",
    async (weights) => {
      const free = await compiled([dense(WIDTH), layer(weights), linear(3)]);
      free.set(theta(free));
      const { times } = free.states(features)[0] as { times: readonly number[] };
      if (weights.weights === "nodal") for (const k of [1, 2]) expect(times).toContain((k * 1.3) / 3);
      const fixed = ode(layerField(), dopri5(), { times, ...weights });
      const frozen = await compiled([dense(WIDTH), fixed, linear(3)]);
      frozen.set(free.get());
      expect(free.gradient(data)).toEqual(frozen.gradient(data));
      expect(free.inputGradient(data)).toEqual(frozen.inputGradient(data));
      const v = symmetric(8, free.get().length);
      expect(free.hessianVector(data, v)).toEqual(frozen.hessianVector(data, v));
      const slope = inner(frozen.gradient(data).gradient, v);
      const base = Array.from(frozen.get());
      const at = (h: number) => {
        frozen.set(along(base, h, v));
        return [frozen.value(data)];
      };
      expectTaylor("frozen steps", { at, derivative: [slope] });
    },
  );

  it("finds the steps anew for every batch and θ", async () => {
    const model = await compiled([layer({})]);
    model.set(theta(model));
    const steps = (rows: number[]) => model.states(rows)[0]?.times.length as number;
    const calm = steps(features.slice(0, WIDTH));
    const scores = model.scores(features.slice(0, WIDTH));
    model.set(theta(model).map((w) => 6 * w));
    expect(steps(features)).toBeGreaterThan(calm);
    model.set(theta(model));
    expect(model.scores(features.slice(0, WIDTH))).toEqual(scores);
  });

  it("trains, two layers one behind the other", async () => {
    const model = await compiled([
      dense(WIDTH),
      layer({}, 1e-4),
      layer({ weights: "nodal", steps: 2 }, 1e-4),
      linear(3),
    ]);
    const before = model.value(data);
    for (const _ of train(model, data, { epochs: 30, batchSize: 5 }));
    expect(model.value(data)).toBeLessThan(before);
  });

  it("survives JSON, with its tolerances, and frozen", () => {
    for (const block of [layer({ weights: "nodal", steps: 4 }), ode(layerField(), rk4, { times: [0, 0.5, 2] })]) {
      const net = network({ input: WIDTH, layers: [block] });
      expect(networkFromJSON(JSON.stringify(net))).toEqual(net);
    }
  });

  it("needs no options: T = 1 and constant weights", () => {
    expect(ode(layerField(), dopri5())).toEqual(ode(layerField(), dopri5(), { finalTime: 1, weights: "constant" }));
  });

  it("says where no steps are short enough, and the model still works", async () => {
    const blowUp = ode(layerField({ activation: "softplus" }), dopri5(), { finalTime: 1000 });
    const model = await compiled([blowUp]);
    model.set(model.get().map((_, i) => (i % 5 === 0 ? 30 : 0)));
    expect(() => model.scores(features)).toThrow(expect.objectContaining({ code: "convergence" }));
    const labels = features;
    const steps = [...train(model, { features, labels }, { batchSize: 5 })];
    expect(steps.at(-1)?.diverged).toBe(true);
    model.set(model.get().map(() => 0));
    expect(model.scores(features).every(Number.isFinite)).toBe(true);
  });

  it("counts a step's error by its worst example, and rejects NaN", () => {
    const [a, b] = [1, 40].map((stiffness) =>
      acceptedTimes(
        {
          y: Float64Array.of(1, 1),
          rows: 2,
          finalTime: 1,
          stops: [],
          velocity: (y) => Float64Array.of(-(y[0] as number), -stiffness * (y[1] as number)),
        },
        dopri5().adaptive as never,
        "test",
      ),
    );
    expect(b?.length).toBeGreaterThan(2 * (a?.length as number));
    const velocity = vi.fn(() => Float64Array.of(Number.NaN));
    const problem = { y: Float64Array.of(1), rows: 1, finalTime: 1, stops: [], velocity };
    expect(() => acceptedTimes(problem, dopri5().adaptive as never, "test")).toThrow(/convergence|expected dopri5/);
    expect(velocity.mock.calls.length).toBeLessThan(1000);
  });
});

describe("what a grid of times cannot be", () => {
  const options =
    (o: object, integrator = rk4) =>
    () =>
      ode(layerField(), integrator, o as never);

  it.each([
    ["times that do not start at 0", { times: [1, 2] }],
    ["times that do not increase", { times: [0, 1, 1] }],
    ["one time", { times: [0] }],
    ["times and finalTime", { times: [0, 1], finalTime: 1 }],
    ["times and another number of steps", { times: [0, 1], steps: 4 }],
    ["times and checkpoints", { times: [0, 1], checkpoint: "sqrt" }],
    ["nodes without times", { steps: 4, nodes: "uniform" }],
    ["uniform nodes with weights per step", { times: [0, 1], steps: 4, nodes: "uniform" }],
    ["nothing", {}],
  ])("%s", (_, o) => {
    expect(options(o)).toThrow(expect.objectContaining({ code: "option" }));
  });

  it("and with dopri5", () => {
    for (const o of [
      { weights: "perStep", steps: 3 },
      { weights: "nodal" },
      { finalTime: -1 },
      { checkpoint: "sqrt" },
    ]) {
      expect(options(o, dopri5())).toThrow(expect.objectContaining({ code: "option" }));
    }
    expect(() => dopri5({ rtol: 0, atol: 0 })).toThrow(/above 0/);
    expect(() => ode(antisymmetric(), dopri5 as never, { finalTime: 1 })).toThrow(
      /Call the factory|integrator such as/,
    );
    expect(() => ode(layerField(), verlet as never, { times: [0, 1] } as never)).toThrow(
      expect.objectContaining({ code: "pair" }),
    );
  });
});
