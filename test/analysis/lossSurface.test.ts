import { describe, expect, it } from "vitest";
import {
  checkDerivative,
  createModel,
  dense,
  derivativeTable,
  energy,
  euler,
  filterNormalizedDirections,
  gradientFlow,
  layerField,
  leastSquares,
  linear,
  lossLine,
  lossSurface,
  network,
  ode,
  stabilityPenalty,
  tikhonov,
  timeSmoothness,
} from "../../src/index.ts";
import { data, modelOf, pairs } from "./models.ts";

const axis = { from: -0.5, to: 1, points: 4 };

describe.each(pairs)("$kind with $integrator", ({ kind, integrator }) => {
  it.each(["perStep", "constant"])(
    "every point of a surface is the model's value there, to the last bit, %s",
    async (weights) => {
      const model = await modelOf(kind, integrator, { weights });
      const theta = model.get();
      const [d1, d2] = filterNormalizedDirections(model, { seed: 3, biases: "copy" });
      const { a, b, values } = await lossSurface(model, data, {
        directions: [d1, d2],
        a: axis,
        b: { values: [0, 0.25] },
      });
      expect([...model.get()]).toEqual([...theta]);
      expect(values.length).toBe(8);
      for (const [i, j] of [
        [0, 0],
        [3, 1],
        [2, 0],
      ] as const) {
        model.set(
          Float64Array.from(
            theta,
            (t, k) => t + (a[i] as number) * (d1[k] as number) + (b[j] as number) * (d2[k] as number),
          ),
        );
        expect(values[i * b.length + j]).toBe(model.value(data));
      }
      model.dispose();
    },
  );

  it("the derivative check has slopes 1 and 2", async () => {
    const model = await modelOf(kind, integrator);
    const check = checkDerivative(model, data);
    expect(check.slopes.order0).toBeCloseTo(1, 1);
    expect(check.slopes.order1).toBeCloseTo(2, 1);
    const wrong = checkDerivative(model, data, { gradient: model.gradient(data).gradient.map((g) => 1.01 * g) });
    expect(wrong.slopes.order1).toBeCloseTo(1, 1);
    expect(derivativeTable(check).split("\n").length).toBe(check.h.length + 2);
    model.dispose();
  });
});

it("a surface and a line have the regularizers in them, to the last bit", async () => {
  const layers = [dense(4), ode(layerField(), euler, { steps: 3 }), linear(3)];
  const regularizers = [tikhonov(0.1), timeSmoothness(0.2), stabilityPenalty(0.3, { parameters: "1.K" })];
  const model = await createModel(network({ input: 2, layers }), { regularizers, precision: "f64", seed: 2 });
  const [d1, d2] = filterNormalizedDirections(model, { seed: 3, biases: "copy" });
  const theta = model.get();
  const surface = await lossSurface(model, data, { directions: [d1, d2], a: axis, b: { values: [0, 0.25] } });
  const line = await lossLine(model, data, { direction: d1, a: axis });
  expect(model.get()).toEqual(theta);
  for (const [i, j] of [
    [0, 0],
    [3, 1],
  ] as const) {
    const [a, b] = [surface.a[i] as number, surface.b[j] as number];
    model.set(theta.map((t, k) => t + a * (d1[k] as number) + b * (d2[k] as number)));
    expect(surface.values[i * 2 + j]).toBe(model.value(data));
    if (j === 0) expect(line.values[i]).toBe(model.value(data));
  }
});

describe("lossSurface", () => {
  it("takes more grid points than one run holds, and more examples than one chunk", async () => {
    const model = await createModel(network({ input: 2, layers: [linear(2)] }), { seed: 1 });
    const many = {
      features: Array.from({ length: 4100 }, (_, k) => Math.sin(k)),
      labels: Array.from({ length: 2050 }, (_, k) => k % 2),
    };
    const theta = model.get();
    const at = (a: number, b: number) => theta.map((t, k) => t * a + (k === 0 ? b : 0));
    const points = { from: 0, to: 1, points: 70 };
    const { a, b, values } = await lossSurface(model, many, { at, a: points, b: points });
    for (const k of [0, 4095, 4096, 4899]) {
      model.set(at(a[Math.floor(k / 70)] as number, b[k % 70] as number));
      expect(values[k]).toBe(model.value(many));
    }
  });

  it.each(["f32", "f64"] as const)("does not depend on what was computed before, %s", async (precision) => {
    const layers = [dense(3), ode(layerField(), euler, { steps: 3 }), linear(1)];
    const many = { features: Array.from({ length: 200 }, (_, k) => 9 * Math.cos(k)), labels: Array(100).fill(0.5) };
    const found = [];
    for (const used of [false, true]) {
      const model = await createModel(network({ input: 2, layers }), { precision, loss: leastSquares() });
      if (used) for (const ask of [energy, gradientFlow]) ask(model, (ask === energy ? many.features : many) as never);
      const theta = model.get();
      const at = (a: number, b: number) => theta.map((t) => a * t + b);
      found.push((await lossSurface(model, many, { at, a: axis, b: axis })).values);
      model.set(at(-0.5, -0.5));
      expect(found.at(-1)?.[0]).toBe(model.value(many));
    }
    expect(found[1]).toEqual(found[0]);
  });

  it("lossLine is a surface's row", async () => {
    const model = await modelOf("layerField", "euler");
    const [d1, d2] = filterNormalizedDirections(model);
    const line = await lossLine(model, data, { direction: d1, a: axis });
    const plane = await lossSurface(model, data, { directions: [d1, d2], a: axis, b: { values: [0, 1] } });
    expect([...line.values]).toEqual([...plane.values].filter((_, k) => k % 2 === 0));
  });

  it("refuses grids of one point, and θ that is too short or not finite; the model still works", async () => {
    const model = await createModel(network({ input: 2, layers: [dense(2), linear(2)] }));
    const two = { from: 0, to: 1, points: 2 };
    const theta = model.get();
    const rejects = (options: object, message: RegExp) =>
      expect(lossSurface(model, { features: [1, 2], labels: [0] }, options as never)).rejects.toThrow(message);
    await rejects(
      { at: () => theta, a: { from: 0, to: 1, points: 1 }, b: two },
      /lossSurface: a: expected at least two points, got 1/,
    );
    await rejects({ at: () => theta, a: two, b: { values: [1] } }, /at least two points/);
    await rejects({ at: () => theta, a: two, b: { from: 1, to: 0, points: 3 } }, /increasing/);
    await rejects(
      { at: () => theta.map(() => Number.NaN), a: two, b: two },
      /theta: expected finite .*numbers, got NaN/,
    );
    await rejects({ at: () => [1, 2], a: two, b: two }, /expected 12 numbers, got 2/);
    await rejects({ a: two, b: two }, /expected at: \(a, b\) => theta or directions/);
    expect(Number.isFinite(model.value({ features: [1, 2], labels: [0] }))).toBe(true);
  });
});

describe("filterNormalizedDirections", () => {
  it.each(pairs)(
    "$kind, $integrator: every row of a matrix is as long as θ's; biases are zero or θ's",
    async ({ kind, integrator }) => {
      const model = await modelOf(kind, integrator);
      model.set(model.get().map((v, k) => v + 0.01 * Math.cos(k)));
      const theta = model.get();
      const [zero] = filterNormalizedDirections(model, { seed: 1 });
      const [copy, other] = filterNormalizedDirections(model, { seed: 1, biases: "copy" });
      expect([...other]).not.toEqual([...copy]);
      let start = 0;
      for (const { name, shape } of model.parameters) {
        const length = shape.reduce((a, b) => a * b, 1);
        const row = shape.at(-1) as number;
        const matrix = /\.[KW]\d?$/.test(name);
        for (let k = start; k < start + length; k += row) {
          const size = (v: ArrayLike<number>) => Math.hypot(...Array.from(v).slice(k, k + row));
          if (matrix) expect(size(zero)).toBeCloseTo(size(theta), 10);
          else {
            expect(size(zero)).toBe(0);
            expect([...copy.slice(k, k + row)]).toEqual([...theta.slice(k, k + row)]);
          }
        }
        start += length;
      }
      model.dispose();
    },
  );
});
