import { expect, it } from "vitest";
import { descents, GRID, localMinima, plane, slideData, slideModel } from "../../src/experiments/objectiveSurface.ts";
import { lossSurface } from "../../src/index.ts";

/** ½ ‖Y_N(θ) − C‖²_F in plain float64. */
function objective(y0: ArrayLike<number>, target: ArrayLike<number>, a: number, b: number, steps: number): number {
  const h = 10 / steps;
  let value = 0;
  for (let i = 0; i < y0.length; i += 3) {
    let [x, y, z] = [y0[i] as number, y0[i + 1] as number, y0[i + 2] as number];
    for (let j = 0; j < steps; j++) {
      const [u, v, w] = [
        Math.tanh((-a - b) * x + a * y + b * z),
        Math.tanh(b * x - (a + b) * y + a * z),
        Math.tanh(a * x + b * y - (a + b) * z),
      ];
      x += h * u;
      y += h * v;
      z += h * w;
    }
    value +=
      0.5 *
      ((x - (target[i] as number)) ** 2 + (y - (target[i + 1] as number)) ** 2 + (z - (target[i + 2] as number)) ** 2);
  }
  return value;
}

it.each([
  { deviation: 1, ratio: 50, minimum: 0.956 },
  { deviation: 0.1, ratio: 10_000, minimum: 0.938 },
])(
  "inputs $deviation · N(0, 1): one minimum at N = 100, at least 50 at N = 5, and what an independent loop gives",
  async ({ deviation, ratio, minimum }) => {
    const [training, test] = [await slideData(0, deviation), await slideData(1, deviation)];
    const difference: number[] = [];
    for (const steps of [5, 100]) {
      const model = await slideModel(steps, "f64");
      const options = { at: plane, a: GRID, b: GRID };
      const [own, other] = [await lossSurface(model, training, options), await lossSurface(model, test, options)];
      difference.push(Math.max(...own.values.map((v, k) => Math.abs(v - (other.values[k] as number)))));
      const found = localMinima(own);
      if (steps === 5) expect(found.length).toBeGreaterThanOrEqual(50);
      else {
        expect(found.length).toBe(1);
        expect(found[0]?.a).toBeCloseTo(minimum, 9);
        expect(found[0]?.b).toBeCloseTo(minimum, 9);
      }
      for (let k = 0; k < own.values.length; k += steps === 5 ? 7 : 97) {
        const [a, b] = [own.a[Math.floor(k / 101)] as number, own.b[k % 101] as number];
        const exact = objective(training.features, training.labels, a, b, steps);
        expect(Math.abs((own.values[k] as number) - exact)).toBeLessThan(1e-9 * Math.max(1, exact));
      }
      model.dispose();
    }
    expect((difference[0] as number) / (difference[1] as number)).toBeGreaterThan(ratio);
  },
  120_000,
);

it("gradient descent and L-BFGS reach the best basin from every start at N = 100, from some at N = 5", async () => {
  const [few, many] = [await descents(5, 0, 7), await descents(100, 0, 7)];
  expect(few.map(({ method }) => method)).toEqual(["gradient descent", "L-BFGS"]);
  for (const { reached, paths } of few) {
    expect(paths.length).toBe(49);
    expect(reached).toBeGreaterThan(0.25);
    expect(reached).toBeLessThan(0.8);
  }
  for (const { reached, best } of many) {
    expect(reached).toBe(1);
    for (const x of best) expect(Math.abs(x - 0.9545)).toBeLessThan(1e-3);
  }
});
