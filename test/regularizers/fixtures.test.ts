import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  createModel,
  euler,
  layerField,
  linear,
  network,
  ode,
  type Regularizer,
  tikhonov,
  timeSmoothness,
} from "../../src/index.ts";

const fixtures = JSON.parse(readFileSync(new URL("../fixtures/regularizers.json", import.meta.url), "utf8"));
const TOLERANCE = 1e-12;

const norm = (a: ArrayLike<number>) => Math.hypot(...Array.from(a));
const difference = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a, (x, i) => x - (b[i] as number));

/** Value, gradient and Hessian product of a regularizer alone: the loss's own are taken away. */
async function alone(net: ReturnType<typeof network>, regularizer: Regularizer, theta: number[], v: number[]) {
  const data = { features: new Array(2 * Number(net.input)).fill(0.3), labels: [0, 1] };
  const [without, withIt] = await Promise.all(
    [[], [regularizer]].map(async (regularizers) => {
      const model = await createModel(net, { precision: "f64", regularizers });
      model.set(theta);
      const { value, gradient } = model.gradient(data);
      const result = {
        value,
        direct: model.value(data),
        gradient,
        gn: model.gaussNewton(data, v),
        h: model.hessianVector(data, v),
      };
      model.dispose();
      return result;
    }),
  );
  if (!without || !withIt) throw new Error("two models");
  expect(withIt.direct).toBe(withIt.value);
  return {
    value: withIt.value - without.value,
    gradient: difference(withIt.gradient, without.gradient),
    gn: difference(withIt.gn, without.gn),
    h: difference(withIt.h, without.h),
  };
}

function agrees(actual: ArrayLike<number>, expected: ArrayLike<number>) {
  expect(norm(difference(actual, expected))).toBeLessThanOrEqual(TOLERANCE * Math.max(norm(expected), 1e-3));
}

describe("regularizers.json", () => {
  it("time derivative: timeSmoothness is opTimeDer with alpha = h α", async () => {
    const { h, alpha, theta, direction, R, grad, hess_vec } = fixtures.opTimeDer;
    // One row of K after another: five numbers a step as K of 1 × … do not exist, so b of five features carries them.
    const n = theta.length as number;
    const steps = theta[0].length as number;
    const net = network({ input: n, layers: [ode(layerField({}), euler, { steps, stepSize: h }), linear(2)] });
    const flat = (rows: number[][]) =>
      Array.from({ length: steps * n }, (_, i) => rows[i % n]?.[Math.floor(i / n)] as number);
    const size = (await createModel(net)).parameters.reduce((sum, p) => sum + p.shape.reduce((a, b) => a * b, 1), 0);
    const at = steps * n * n; // b lies behind K
    const place = (values: number[]) => Array.from({ length: size }, (_, i) => values[i - at] ?? 0);
    const got = await alone(
      net,
      timeSmoothness(alpha / h, { parameters: "0.b" }),
      place(flat(theta)),
      place(flat(direction)),
    );
    expect(Math.abs(got.value - R)).toBeLessThanOrEqual(TOLERANCE * R);
    agrees(got.gradient, place(flat(grad)));
    agrees(got.gn, place(flat(hess_vec)));
    agrees(got.h, place(flat(hess_vec)));
  });

  it.each(["tikhonov", "genTikhonov"])("%s", async (name) => {
    const { lam, x, xref, L, direction, R, grad, hess_vec } = fixtures[name];
    const n = x.length as number;
    const net = network({ input: n / 2, layers: [linear(2, { bias: false })] });
    const regularizer = tikhonov(lam, { ...(L ? { operator: L } : {}), ...(xref ? { reference: xref } : {}) });
    const got = await alone(net, regularizer, x, direction);
    expect(Math.abs(got.value - R)).toBeLessThanOrEqual(TOLERANCE * Math.max(1, R));
    agrees(got.gradient, grad);
    agrees(got.gn, hess_vec);
    agrees(got.h, hess_vec);
  });
});
