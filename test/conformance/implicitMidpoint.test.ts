/** The implicit midpoint rule from easy to very stiff: its equation holds to round-off, its derivatives are right. */
import { describe, expect, it } from "vitest";
import { activations as kinds } from "../../src/index.ts";
import { activations } from "../reference/activations.ts";
import { numbers } from "../reference/arithmetic.ts";
import { type DynamicsDescription, dynamicsOf, type FirstOrder } from "../reference/dynamics.ts";
import { inner } from "../support/adjoint.ts";
import { norm } from "../support/agreement.ts";
import { along, symmetric } from "../support/draws.ts";
import { families } from "../support/families.ts";
import { odeModel, using } from "../support/odeModels.ts";
import { expectTaylor } from "../support/taylor.ts";

const WIDTH = 6;
const EXAMPLES = 5;
const STEPS = 3;

/** Fields with a solution for every h: σ' ≥ 0, and A antisymmetric, or a gradient flow. */
const monotone = families.activations.filter(
  (name) => (kinds as Record<string, { monotone: boolean }>)[name]?.monotone,
);
const cases = ["antisymmetric", "parabolic"].flatMap((kind) =>
  monotone.flatMap((activation) => [0.1, 2, 10, 100].map((size) => ({ kind, activation, size }))),
);

/** ‖K‖_F bounds ‖A‖; weights with h ‖A‖ of about `size`, for h = 1 (‖K‖² for the gradient flow). */
function weights(length: number, kind: string, size: number): number[] {
  const draw = symmetric(21, length);
  const factor = kind === "parabolic" ? Math.sqrt(size / 4) : size / 4;
  return draw.map((w, i) => (i < WIDTH * WIDTH ? factor * w : w));
}

describe.each(cases)("$kind, $activation, h ‖A‖ = $size", ({ kind, activation, size }) => {
  const subject = {
    width: WIDTH,
    dynamics: { activation },
    options: { steps: STEPS, stepSize: 1, weights: "constant" },
  };
  const pair = { kind, integrator: "implicitMidpoint" };
  const features = symmetric(22, EXAMPLES * WIDTH);

  it.each([
    ["f64", 2e-15],
    ["f32", 1e-6],
  ] as const)("solves every step to round-off in %s", (precision, epsilon) =>
    using(odeModel(pair, { ...subject, precision }), (model) => {
      model.set(weights(model.get().length, kind, size));
      const description: DynamicsDescription = { kind, activation };
      const field = dynamicsOf(description) as FirstOrder;
      const w = { K: Array.from(model.get("0.K")), b: Array.from(model.get("0.b")) };
      const y = model.states(features)[0]?.values ?? [];
      for (let j = 0; j < STEPS; j++) {
        for (let i = 0; i < EXAMPLES; i++) {
          const row = (values: ArrayLike<number> | undefined) =>
            Array.from(values ?? []).slice(i * WIDTH, (i + 1) * WIDTH);
          const [now, next] = [row(y[j]), row(y[j + 1])];
          const middle = now.map((value, k) => (value + (next[k] as number)) / 2);
          const f = field.velocity(numbers, description, w, middle);
          const residual = next.map((value, k) => value - (now[k] as number) - (f[k] as number));
          // What rounding u to the next number may change in u + h/2 f(u).
          const scale = (norm(now) + norm(next)) * (1 + 3 * size);
          expect(norm(residual)).toBeLessThan(epsilon * scale);
        }
      }
    }),
  );

  it("has the right gradient", () =>
    using(odeModel(pair, subject), (model) => {
      const theta = weights(model.get().length, kind, size);
      model.set(theta);
      const data = { features, labels: symmetric(23, EXAMPLES * WIDTH) };
      const v = symmetric(24, theta.length).map((d) => d * (1 + size / 10));
      const slope = inner(model.gradient(data).gradient, v);
      const at = (h: number) => {
        model.set(along(theta, h, v));
        return [model.value(data)];
      };
      if ((activations[activation]?.kinks.length ?? 0) === 0) {
        expectTaylor("gradient", { at, derivative: [slope] }, { largest: 1 / 64 / (1 + size) });
        return;
      }
      // Piecewise smooth: central differences so short that this draw meets no kink.
      const h = 1e-6 / (1 + size);
      const difference = ((at(h)[0] as number) - (at(-h)[0] as number)) / (2 * h);
      expect(Math.abs(difference / slope - 1)).toBeLessThan(1e-5);
    }));
});

/** Kinks stop Newton's method with halved steps in one row of three at this size: the solution is then followed from c = 0. */
describe.each(monotone)("antisymmetric, %s, many drawn rows at h ‖A‖ = 100", (activation) => {
  it.each([2, 3, 8, 16])("all are solved, width %i", async (width) => {
    const subject = { width, dynamics: { activation }, options: { steps: 5, stepSize: 1, weights: "constant" } };
    for (const precision of ["f64", "f32"] as const) {
      await using(
        odeModel({ kind: "antisymmetric", integrator: "implicitMidpoint" }, { ...subject, precision }),
        (model) => {
          const scale = 100 / Math.sqrt((8 * width) / 3); // ‖K − Kᵀ‖₂ of entries in ±r is about r √(8n/3)
          for (let seed = 1; seed <= 3; seed++) {
            const draw = symmetric(seed, model.get().length);
            model.set(draw.map((w, i) => (i < width * width ? scale * w : w)));
            expect(model.scores(symmetric(seed + 50, 16 * width)).every(Number.isFinite)).toBe(true);
          }
        },
      );
    }
  });
});
