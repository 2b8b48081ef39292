/**
 * Two ways to a gradient. Discretise, then differentiate: the exact gradient of the discrete objective, slope 2 at any step
 * size. Differentiate, then discretise: ȧ = −Jᵀ a is solved backwards together with y, and the gradient is only as good as the
 * solver: the second remainder levels off to slope 1 at its error (Gholami, Keutzer & Biros 2019).
 */

import { checkDerivative, type DerivativeCheck } from "../analysis/index.ts";
import { nth } from "../core/nth.ts";
import { Random, streams } from "../core/random.ts";
import { layerField } from "../dynamics/index.ts";
import { euler, rk4 } from "../integrators/index.ts";
import { ode } from "../layers/index.ts";
import { leastSquares } from "../losses/index.ts";
import { network } from "../networks/index.ts";
import { curves, panels } from "../plots/index.ts";
import { createModel } from "../training/index.ts";
import { type Derivative, dopri5Steps, rk4Steps } from "./backwardSolvers.ts";
import type { Experiment } from "./experiment.ts";

const n = 3;
const T = 4;

/** (y, a, g)˙ along ẏ = tanh(K y + b), ȧ = −Kᵀ (σ′ ∘ a), ġ = −(σ′ ∘ a) [yᵀ, 1], with time reversed. */
function backwardField(K: ArrayLike<number>, b: ArrayLike<number>): Derivative {
  return (x) => {
    const out = new Float64Array(x.length);
    const sigma = Float64Array.from({ length: n }, (_, r) => {
      let z = nth(b, r);
      for (let c = 0; c < n; c++) z += nth(K, r * n + c) * nth(x, c);
      return Math.tanh(z);
    });
    const d = sigma.map((s, r) => (1 - s * s) * nth(x, n + r));
    for (let r = 0; r < n; r++) {
      out[r] = -nth(sigma, r);
      for (let c = 0; c < n; c++) {
        out[n + c] = nth(out, n + c) + nth(K, r * n + c) * nth(d, r);
        out[2 * n + r * n + c] = nth(d, r) * nth(x, c);
      }
      out[2 * n + n * n + r] = nth(d, r);
    }
    return out;
  };
}

export const gradientTest: Experiment = {
  name: "gradient-test",
  title: "The gradient test: discretise, then differentiate",
  see: "The gradient of the recorded time steps passes the test with slope 2 for a coarse and a fine step alike. The adjoint equation solved backwards passes down to the error of its solver only: from there on the remainder has slope 1.",
  async run({ seed = 0, quick: _quick, ...options } = {}) {
    const random = new Random(seed, streams.data);
    const [y0, target] = [random.normal(n), random.normal(n)];
    const theta = random.normal(n * n + n);
    const data = { features: y0, labels: target };
    const modelOf = async (steps: number, method: typeof euler) => {
      const block = ode(layerField(), method, { steps, finalTime: T, weights: "constant" });
      const model = await createModel(network({ input: n, layers: [block] }), {
        loss: leastSquares(),
        precision: "f64",
      });
      model.set(theta);
      return model;
    };
    const discrete: Record<string, DerivativeCheck> = {};
    for (const [label, steps, method] of [
      ["euler, N = 4", 4, euler],
      ["euler, N = 64", 64, euler],
      ["rk4, N = 30", 30, rk4],
    ] as const) {
      const model = await modelOf(steps, method);
      discrete[label] = checkDerivative(model, data, { seed });
      model.dispose();
    }
    // The objective itself to round-off, so that only the gradient is in error.
    const fine = await modelOf(3000, rk4);
    const yT = fine.scores(y0);
    const start = new Float64Array(2 * n + n * n + n);
    start.set(yT);
    for (let k = 0; k < n; k++) start[n + k] = nth(yT, k) - nth(target, k);
    const field = backwardField(theta.subarray(0, n * n), theta.subarray(n * n));
    const backward: Record<string, DerivativeCheck> = {};
    const errors: Record<string, number> = {};
    const exact = fine.gradient(data).gradient;
    const size = Math.hypot(...exact);
    for (const [label, end] of [
      ["rk4, 30 steps", rk4Steps(field, start, T, 30)],
      ["dopri5, 1e-7", dopri5Steps(field, start, T, 1e-7)],
      ["dopri5, 1e-2", dopri5Steps(field, start, T, 1e-2)],
    ] as const) {
      const gradient = end.subarray(2 * n);
      errors[label] = Math.hypot(...gradient.map((g, k) => g - nth(exact, k))) / size;
      backward[label] = checkDerivative(fine, data, { seed, gradient, points: 26 });
    }
    fine.dispose();
    const series = (of: Record<string, DerivativeCheck>) => [
      ...Object.entries(of).map(([label, c]) => ({
        label,
        x: c.h,
        y: c.order1.map((e) => Math.max(e, 1e-17)),
        style: "both" as const,
      })),
      { label: "h²", x: [1, 1e-7], y: [0.3, 0.3e-14], style: "dashed" as const, color: 6 },
    ];
    const look = {
      x: { label: "h", scale: "log" as const },
      y: { label: "|Φ(θ+hv) − Φ − h ∇Φᵀv|", scale: "log" as const, domain: [1e-17, 10] as const },
    };
    return {
      numbers: {
        slopes: Object.fromEntries(Object.entries(discrete).map(([k, c]) => [k, c.slopes])),
        gradientErrorOfTheBackwardSolve: errors,
        slopesOfTheBackwardSolve: Object.fromEntries(Object.entries(backward).map(([k, c]) => [k, c.slopes.order1])),
      },
      figures: {
        remainders: panels(
          [
            (own) => curves(series(discrete), { ...own, ...look, title: "Discretise, then differentiate" }),
            (own) => curves(series(backward), { ...own, ...look, title: "Adjoint equation, solved backwards" }),
          ],
          { width: 1200, ...options, least: 360, title: "Second remainder of the gradient test" },
        ),
      },
    };
  },
};
