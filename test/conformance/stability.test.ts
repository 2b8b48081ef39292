/** What an integrator says of its stability is what the library's own steps do on the test equation. */
import { describe, expect, it } from "vitest";
import type { Complex } from "../../src/integrators/complex.ts";
import { pairs } from "../support/families.ts";
import { odeModel, type Pair, steppers, using } from "../support/odeModels.ts";

const points: readonly Complex[] = [
  { re: 0, im: 0.4 },
  { re: 0, im: 1.7 },
  { re: -0.5, im: 0.8 },
  { re: -3.1, im: 0.2 },
  { re: 0.3, im: -1.1 },
];

/** y_0 … y_n of ẏ = λ y with h = 1, as complex numbers: K y turns and stretches the plane. */
function orbit(pair: Pair, z: Complex, steps: number): Promise<Complex[]> {
  const options = { steps, stepSize: 1, weights: "constant" };
  return using(odeModel(pair, { width: 2, dynamics: { activation: "identity", bias: false }, options }), (model) => {
    model.set([z.re, -z.im, z.im, z.re]);
    return (model.states([1, 0])[0]?.values ?? []).map((y) => ({ re: y[0] as number, im: y[1] as number }));
  });
}

const modulus = ({ re, im }: Complex) => Math.hypot(re, im);
const times = (a: Complex, b: Complex): Complex => ({
  re: a.re * b.re - a.im * b.im,
  im: a.re * b.im + a.im * b.re,
});
const minus = (a: Complex, b: Complex): Complex => ({ re: a.re - b.re, im: a.im - b.im });
const over = (a: Complex, b: Complex): Complex => {
  const d = b.re ** 2 + b.im ** 2;
  return { re: (a.re * b.re + a.im * b.im) / d, im: (a.im * b.re - a.re * b.im) / d };
};

/** The roots of the recurrence y_{j+2} = p y_{j+1} + q y_j that four numbers in a row obey: the larger modulus. */
function largestRoot([a, b, c, d]: readonly [Complex, Complex, Complex, Complex]): number {
  const determinant = minus(times(b, b), times(a, c));
  const p = over(minus(times(b, c), times(a, d)), determinant);
  const q = over(minus(times(b, d), times(c, c)), determinant);
  const square = minus({ re: times(p, p).re / 4, im: times(p, p).im / 4 }, { re: -q.re, im: -q.im });
  const r = Math.sqrt(modulus(square));
  const angle = Math.atan2(square.im, square.re) / 2;
  const root = { re: r * Math.cos(angle), im: r * Math.sin(angle) };
  const half = { re: p.re / 2, im: p.im / 2 };
  return Math.max(modulus(minus(half, root)), modulus({ re: half.re + root.re, im: half.im + root.im }));
}

const firstOrder = pairs.filter(({ kind }) => kind === "layerField");

describe.each(firstOrder)("$integrator on ẏ = λ y", (pair) => {
  const stepper = steppers[pair.integrator] as (typeof steppers)[string];

  it.each(points)("at z = $re + $im i", async (z) => {
    const y = await orbit(pair, z, 5);
    if (stepper.stabilityFunction) {
      const R = stepper.stabilityFunction(z);
      for (let j = 0; j < 5; j++) {
        const expected = times(R, y[j] as Complex);
        expect(modulus(minus(y[j + 1] as Complex, expected))).toBeLessThan(1e-13 * (1 + modulus(expected)));
      }
      expect(stepper.amplification(z)).toBeCloseTo(modulus(R), 14);
    } else {
      const found = largestRoot(y.slice(1, 5) as [Complex, Complex, Complex, Complex]);
      expect(Math.abs(stepper.amplification(z) / found - 1)).toBeLessThan(1e-10);
    }
  });
});

describe.each(pairs.filter(({ kind }) => kind === "hamiltonian" || kind === "secondOrder"))(
  "$integrator on ÿ = λ² y, by $kind",
  (pair) => {
    const stepper = steppers[pair.integrator] as (typeof steppers)[string];

    it.each([0.3, 1.2, 1.9, 2.3, 3.1])("at z = %d i", async (h) => {
      const options = { steps: 4, stepSize: h, weights: "constant" };
      const subject = { width: 1, dynamics: { activation: "identity", bias: false }, options };
      await using(odeModel(pair, subject), (model) => {
        model.set([1]);
        const y = (model.states([1])[0]?.values ?? []).map((v) => ({ re: v[0] as number, im: 0 }));
        const found = largestRoot(y.slice(1) as [Complex, Complex, Complex, Complex]);
        expect(Math.abs(stepper.amplification({ re: 0, im: h }) / found - 1)).toBeLessThan(1e-10);
      });
    });
  },
);

describe("on the imaginary axis", () => {
  /** Where the segment of stability (−r i, r i) ends: |R|² ≤ 1 + 1e-12 within. */
  const reach: Readonly<Record<string, number>> = {
    euler: 0,
    midpoint: 0,
    heun: 0,
    rk3: Math.sqrt(3),
    rk4: 2 * Math.sqrt(2),
    leapfrogMidpoint: 1,
    verlet: 2,
    leapfrog: 2,
    implicitMidpoint: Number.POSITIVE_INFINITY,
  };

  it.each(Object.entries(reach))("%s is stable up to %d", (name, r) => {
    const grows = (y: number) => (steppers[name]?.amplification({ re: 0, im: y }) as number) ** 2 > 1 + 1e-12;
    const within = Math.min(r, 1e3) * (1 - 1e-9);
    for (let k = 1; k <= 200; k++) expect(grows((within * k) / 200), `${(within * k) / 200} i`).toBe(false);
    if (Number.isFinite(r)) expect(grows(r + 0.01)).toBe(true);
  });

  it.each(Object.values(steppers))("$name leaves a resting solution alone", ({ amplification }) => {
    expect(amplification({ re: 0, im: 0 })).toBe(1);
  });
});
