import { describe, expect, it } from "vitest";
import {
  createModel,
  euler,
  l1,
  layerField,
  linear,
  modelFromBytes,
  network,
  ode,
  type Regularizer,
  regularizers,
  sgd,
  stabilityPenalty,
  stabilityProjection,
  tikhonov,
  timeSmoothness,
  train,
} from "../../src/index.ts";
import { symmetric } from "../support/draws.ts";

const weights = ["perStep", "nodal", "halfSteps", "constant"] as const;
const netWith = (kind: (typeof weights)[number]) =>
  network({ input: 3, layers: [ode(layerField(), euler, { steps: 4, finalTime: 2, weights: kind }), linear(2)] });
const net = netWith("perStep");
const data = { features: symmetric(5, 33), labels: [0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0] };

const members: Record<keyof typeof regularizers, Regularizer[]> = {
  tikhonov: [
    tikhonov(0.3),
    tikhonov(0.3, { parameters: /K$/, reference: symmetric(4, 36) }),
    tikhonov(0.3, {
      parameters: ["1.W", "1.b"],
      operator: [symmetric(6, 8), symmetric(7, 8)],
      reference: symmetric(8, 8),
    }),
  ],
  timeSmoothness: [timeSmoothness(0.4), timeSmoothness(0.4, { parameters: "0.b" })],
  l1: [l1(0.2, { epsilon: 0.05 }), l1(0.2, { parameters: /W/ })],
  stabilityPenalty: [stabilityPenalty(0.7), stabilityPenalty(0.7, { parameters: "0.K" })],
  stabilityProjection: [stabilityProjection()],
};

const cases = Object.values(members)
  .flat()
  .map((regularizer, i) => ({ regularizer, title: `${regularizer.kind} ${i}` }));

async function modelWith(list: Regularizer[], precision: "f32" | "f64" = "f64", described = net) {
  const model = await createModel(described, { precision, regularizers: list });
  model.set(symmetric(11, model.get().length));
  return model;
}

it("every regularizer is tried", () => {
  expect(Object.keys(members)).toEqual(Object.keys(regularizers));
});

describe.each(cases)("$title", ({ regularizer }) => {
  it("gradient and Hessian product are the derivatives of value and gradient", async () => {
    const model = await modelWith([regularizer]);
    const theta = model.get();
    const v = symmetric(12, theta.length);
    const shifted = (s: number) => {
      model.set(Array.from(theta, (x, i) => x + s * (v[i] as number)));
      return model.gradient(data);
    };
    const e = 1e-5;
    const [ahead, behind] = [shifted(e), shifted(-e)];
    model.set(theta);
    const { gradient } = model.gradient(data);
    const slope = Array.from(gradient).reduce((sum, g, i) => sum + g * (v[i] as number), 0);
    expect((ahead.value - behind.value) / (2 * e)).toBeCloseTo(slope, 7);
    const product = model.hessianVector(data, v);
    product.forEach((h, i) => {
      expect(((ahead.gradient[i] as number) - (behind.gradient[i] as number)) / (2 * e)).toBeCloseTo(h, 6);
    });
    model.dispose();
  });

  it("is saved with the model, and f32 is near f64", async () => {
    const model = await modelWith([regularizer]);
    const again = await modelFromBytes(model.toBytes());
    expect(again.regularizers).toEqual(model.regularizers);
    expect(again.gradient(data)).toEqual(model.gradient(data));
    const single = await modelWith([regularizer], "f32");
    expect(single.value(data)).toBeCloseTo(model.value(data), 4);
    for (const m of [model, again, single]) m.dispose();
  });

  it("a step of training uses the batch's loss and the full regularizer", async () => {
    const model = await modelWith([regularizer]);
    model.project();
    const theta = model.get();
    const { value, gradient } = model.gradient(data);
    const [step] = train(model, data, { optimizer: sgd({ learningRate: 0.1 }), batchSize: 11 });
    expect(step?.value).toBeCloseTo(value, 13);
    const after = await modelWith([regularizer]);
    after.set(Array.from(theta, (t, i) => t - 0.1 * (gradient[i] as number)));
    after.project();
    after.get().forEach((t, i) => {
      expect(model.get()[i]).toBeCloseTo(t, 12);
    });
  });
});

it.each(weights)("timeSmoothness with %s weights is α/2 Σ spacing ‖Δ/spacing‖²", async (kind) => {
  const [plain, smooth] = [
    await modelWith([], "f64", netWith(kind)),
    await modelWith([timeSmoothness(0.4)], "f64", netWith(kind)),
  ];
  const spacing = kind === "halfSteps" ? 0.25 : 0.5;
  let expected = 0;
  if (kind !== "constant") {
    for (const name of ["0.K", "0.b"]) {
      const values = smooth.get(name);
      const size = name === "0.K" ? 9 : 3;
      for (let i = size; i < values.length; i++) {
        const d = ((values[i] as number) - (values[i - size] as number)) / spacing;
        expected += (0.4 * spacing * d * d) / 2;
      }
    }
  }
  expect(smooth.value(data) - plain.value(data)).toBeCloseTo(expected, 12);
});

describe("stability", () => {
  const square = network({ input: 2, layers: [ode(layerField({ bias: false }), euler, { steps: 1, finalTime: 1 })] });
  const two = { features: [0.1, 0.2], labels: [1] };

  it("the projection is K itself where ½(K + Kᵀ) ⪯ 0, and removes the positive part elsewhere", async () => {
    const model = await createModel(square, { precision: "f64", regularizers: [stabilityProjection()] });
    model.set([-1, 5, -5, -2]);
    model.project();
    expect([...model.get()]).toEqual([-1, 5, -5, -2]);
    model.set([3, 5, -5, -2]);
    model.project();
    [0, 5, -5, -2].forEach((k, i) => {
      expect(model.get()[i]).toBeCloseTo(k, 14);
    });
    // ½(K + Kᵀ) = [[1, −1], [−1, −2]] has the eigenvalue (−1 + √13)/2.
    model.set([1, -4, 2, -2]);
    model.project();
    const [a = 0, b = 0, c = 0, d = 0] = model.get();
    expect((a + d) ** 2).toBeCloseTo((a - d) ** 2 + (b + c) ** 2, 12); // the larger eigenvalue is 0
    expect(b - c).toBeCloseTo(-6, 14); // the antisymmetric part stays
  });

  it("the penalty is half the squared distance to the projection, and its gradient the difference", async () => {
    const [plain, penalized, projected] = await Promise.all(
      [[], [stabilityPenalty(0.6)], [stabilityProjection()]].map(async (list) => {
        const model = await createModel(netWith("perStep"), { precision: "f64", regularizers: list });
        model.set(symmetric(21, model.get().length, 2));
        return model;
      }),
    );
    if (!plain || !penalized || !projected) throw new Error("three models");
    projected.project();
    const [K, P] = [plain.get("0.K"), projected.get("0.K")];
    const h = 0.5;
    const distance = Array.from(K).reduce((sum, k, i) => sum + (k - (P[i] as number)) ** 2, 0);
    expect(penalized.value(data) - plain.value(data)).toBeCloseTo((0.6 * h * distance) / 2, 12);
    const [g, g0] = [penalized.gradient(data).gradient, plain.gradient(data).gradient];
    K.forEach((k, i) => {
      expect((g[i] as number) - (g0[i] as number)).toBeCloseTo(0.6 * h * (k - (P[i] as number)), 12);
    });
  });

  it("large symmetric matrices too", async () => {
    const n = 24;
    const big = network({ input: n, layers: [ode(layerField({ bias: false }), euler, { steps: 1 })] });
    const model = await createModel(big, { precision: "f64", regularizers: [stabilityProjection()] });
    model.set(symmetric(3, n * n));
    model.project();
    const once = model.get();
    model.project();
    once.forEach((k, i) => {
      expect(model.get()[i]).toBeCloseTo(k, 12);
    });
  });

  it("a model without the layer it is for says so", async () => {
    const dense = network({ input: 2, layers: [linear(2)] });
    await expect(createModel(dense, { regularizers: [stabilityPenalty(1)] })).rejects.toThrow(
      /stabilityPenalty: expected an ode layer/,
    );
    await expect(createModel(dense, { regularizers: [tikhonov(1, { parameters: "9.K" })] })).rejects.toThrow(
      /0\.W, 0\.b/,
    );
    await expect(createModel(dense, { regularizers: [tikhonov(1, { reference: [1] })] })).rejects.toThrow(/6 numbers/);
    await expect(createModel(dense, { regularizers: tikhonov(1) as never })).rejects.toThrow(/list/);
    expect(() => tikhonov(-1)).toThrow(/from 0/);
    expect(two.labels).toHaveLength(1);
  });
});
