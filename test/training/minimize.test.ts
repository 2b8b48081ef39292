import { describe, expect, it } from "vitest";
import {
  adam,
  adamW,
  gradientDescent,
  lbfgs,
  minimize,
  momentum,
  newtonCG,
  nlcg,
  type Optimizer,
  type PlainFunction,
  sgd,
  variableProjection,
} from "../../src/index.ts";
import { symmetric } from "../support/draws.ts";

/** ½ xᵀ A x − bᵀ x + 3 with A = I + Mᵀ M. */
function quadratic(n: number) {
  const M = symmetric(1, n * n);
  const b = symmetric(2, n);
  const times = (x: ArrayLike<number>) => {
    const Mx = Array.from({ length: n }, (_, i) =>
      b.reduce((sum, __, k) => sum + (M[i * n + k] as number) * (x[k] as number), 0),
    );
    return b.map((_, k) => (x[k] as number) + Mx.reduce((sum, m, i) => sum + (M[i * n + k] as number) * m, 0));
  };
  const f: PlainFunction = {
    value: (x) => 3 + times(x).reduce((sum, a, i) => sum + (x[i] as number) * (a / 2 - (b[i] as number)), 0),
    gradient: (x) => times(x).map((a, i) => a - (b[i] as number)),
    hessianVector: (_, v) => times(v),
  };
  return f;
}

/** 100 (x₂ − x₁²)² + (1 − x₁)². */
const rosenbrock: PlainFunction = {
  value: ([a = 0, b = 0]) => 100 * (b - a * a) ** 2 + (1 - a) ** 2,
  gradient: ([a = 0, b = 0]) => [-400 * a * (b - a * a) - 2 * (1 - a), 200 * (b - a * a)],
  hessianVector: ([a = 0, b = 0], [u = 0, v = 0]) => [
    (1200 * a * a - 400 * b + 2) * u - 400 * a * v,
    -400 * a * u + 200 * v,
  ],
};

const secondOrder: Record<string, Optimizer> = {
  nlcg: nlcg(),
  lbfgs: lbfgs(),
  newtonCG: newtonCG(),
  "newtonCG, exact, decrease": newtonCG({ hessian: "exact", lineSearch: "decrease" }),
  "newtonCG, exact, trust region": newtonCG({ hessian: "exact", lineSearch: "trustRegion" }),
};

describe("a convex quadratic", () => {
  it.each(Object.entries({ gradientDescent: gradientDescent(), ...secondOrder }))(
    "%s reaches a gradient of 1e-8",
    (_, optimizer) => {
      const { gradientNorm, status, reason } = minimize(quadratic(12), symmetric(3, 12), { optimizer });
      expect(gradientNorm).toBeLessThan(1e-8);
      expect(status).toBe("converged");
      expect(reason).toMatch(/^converged/);
    },
  );

  it.each(
    Object.entries({
      sgd: sgd({ learningRate: 0.1 }),
      momentum: momentum({ learningRate: 0.05 }),
      nesterov: momentum({ learningRate: 0.05, nesterov: true }),
      adam: adam({ learningRate: 0.05 }),
      adamW: adamW({ learningRate: 0.05, weightDecay: 0 }),
    }),
  )("%s reaches a gradient of 1e-6", (_, optimizer) => {
    const { gradientNorm, reason } = minimize(quadratic(12), symmetric(3, 12), { optimizer, tolerance: 1e-7 });
    expect(gradientNorm).toBeLessThan(1e-6);
    expect(reason).toMatch(/^converged/);
  });
});

describe("Rosenbrock's function", () => {
  it.each(Object.entries(secondOrder))("%s reaches its minimum (1, 1)", (_, optimizer) => {
    const { x, iterations } = minimize(rosenbrock, [-1.2, 1], { optimizer, iterations: 500 });
    expect(Math.hypot((x[0] as number) - 1, (x[1] as number) - 1)).toBeLessThan(1e-8);
    expect(iterations).toBeLessThan(120);
  });

  it("differences of gradients stand in for a Hessian product", () => {
    const { hessianVector: _, ...plain } = rosenbrock;
    expect(minimize(plain, [-1.2, 1], { optimizer: newtonCG({ hessian: "exact" }) }).value).toBeLessThan(1e-15);
  });
});

/** ½ Σ_i (c₁ e^(−k₁ t_i) + c₂ e^(−k₂ t_i) − y_i)²: linear in c = (x₂, x₃). */
function exponentials(): PlainFunction {
  const times = Array.from({ length: 20 }, (_, i) => i / 10);
  const model = (x: ArrayLike<number>, t: number) =>
    (x[2] as number) * Math.exp(-(x[0] as number) * t) + (x[3] as number) * Math.exp(-(x[1] as number) * t);
  const data = times.map((t) => model([1, 4, 2, -1], t));
  const rows = (x: ArrayLike<number>) =>
    times.map((t) => {
      const [e0, e1] = [Math.exp(-(x[0] as number) * t), Math.exp(-(x[1] as number) * t)];
      return [-t * (x[2] as number) * e0, -t * (x[3] as number) * e1, e0, e1];
    });
  const transposed = (J: number[][], r: number[]) =>
    [0, 1, 2, 3].map((k) => J.reduce((sum, row, i) => sum + (row[k] as number) * (r[i] as number), 0));
  return {
    value: (x) => times.reduce((sum, t, i) => sum + (model(x, t) - (data[i] as number)) ** 2 / 2, 0),
    gradient: (x) =>
      transposed(
        rows(x),
        times.map((t, i) => model(x, t) - (data[i] as number)),
      ),
    gaussNewton: (x, v) => {
      const J = rows(x);
      return transposed(
        J,
        J.map((row) => row.reduce((sum, a, k) => sum + a * (v[k] as number), 0)),
      );
    },
    eliminate: { first: 2, count: 2 },
  };
}

it("variableProjection solves a separable least-squares problem", () => {
  const { x, value, reason } = minimize(exponentials(), [0.5, 5, 0, 0], {
    optimizer: variableProjection({ hessian: "reduced", cgTolerance: 1e-8, inner: { cgTolerance: 1e-12 } }),
  });
  expect(value).toBeLessThan(1e-14);
  [1, 4, 2, -1].forEach((a, i) => {
    expect(x[i]).toBeCloseTo(a, 4);
  });
  expect(reason).toMatch(/converged/);
});

describe("what goes wrong is said, and x kept", () => {
  const bowl: PlainFunction = { value: ([a = 0]) => a * a, gradient: ([a = 0]) => [2 * a] };
  const all = [gradientDescent(), nlcg(), lbfgs(), newtonCG(), adam()];

  it.each([[[Number.NaN]], [[Number.POSITIVE_INFINITY]], [[]]])("the start %s", (start) => {
    expect(() => minimize(bowl, start)).toThrow(/minimize: expected a (finite )?start/);
  });

  it.each(all)("$kind: an objective that is not finite", (optimizer) => {
    const nowhere: PlainFunction = { value: () => Number.NaN, gradient: () => [1] };
    const { status, reason, x } = minimize(nowhere, [5], { optimizer });
    expect(status).toBe("diverged");
    expect(reason).toMatch(/at the start, the objective is NaN/);
    expect([...x]).toEqual([5]);
  });

  it.each(all.slice(0, 4))("$kind: a gradient that points the wrong way", (optimizer) => {
    const wrong: PlainFunction = {
      value: ([a = 0]) => a * a,
      gradient: ([a = 0]) => [-2 * a],
      hessianVector: (_, v) => [...v],
    };
    const { status, reason, x } = minimize(wrong, [5], { optimizer });
    expect(status).toBe("stopped");
    expect(reason).toMatch(/line search found no descent/);
    expect([...x]).toEqual([5]);
  });

  it.each(["armijo", "decrease", "trustRegion"] as const)("an indefinite Hessian, %s", (lineSearch) => {
    const saddle: PlainFunction = {
      value: ([a = 0, b = 0]) => a * a - b * b + b ** 4 / 2,
      gradient: ([a = 0, b = 0]) => [2 * a, -2 * b + 2 * b ** 3],
      hessianVector: ([, b = 0], [u = 0, v = 0]) => [2 * u, (-2 + 6 * b * b) * v],
    };
    const { history, value, status } = minimize(saddle, [0.3, 0.01], {
      optimizer: newtonCG({ hessian: "exact", lineSearch, iterations: 200 }),
    });
    expect(history.some(({ note }) => note?.includes("not positive definite"))).toBe(true);
    expect(value).toBeCloseTo(-0.5, 8);
    expect(status).toBe("converged");
  });

  it("options", () => {
    expect(() => minimize(bowl, [1], { optimizer: variableProjection() })).toThrow(/f\.eliminate/);
    expect(() => newtonCG({ hessian: "none" as never })).toThrow(/gaussNewton, blockGaussNewton, exact/);
    expect(() => lbfgs({ pairs: 0 })).toThrow(/pairs/);
    expect(() => minimize({ ...bowl, gradient: () => [1, 2] }, [1], { optimizer: lbfgs() })).toThrow(
      /gradient to give 1 numbers/,
    );
  });
});
