/**
 * min loss(θ) + R(θ) for one residual network with R = 0, stabilityPenalty, stabilityProjection and timeSmoothness. With σ' ≥ 0,
 * ½(K_j + K_jᵀ) ⪯ 0 implies Re λ(diag(σ') K_j) ≤ 0; but eigenvalues speak for stability only where J changes slowly
 * (`odeCrashCourse.ts`), which the fourth way asks for. All start from ½(K − Kᵀ), where every λ is imaginary.
 */

import { eigenvalues, isStable, jacobianSpectrum, lyapunov, stabilityRegion } from "../analysis/index.ts";
import { nth } from "../core/nth.ts";
import { spirals } from "../data/index.ts";
import { euler } from "../integrators/index.ts";
import type { Model } from "../model/model.ts";
import { resNet } from "../networks/index.ts";
import { curves, panels, stabilityPlot } from "../plots/index.ts";
import { type Regularizer, stabilityPenalty, stabilityProjection, timeSmoothness } from "../regularizers/index.ts";
import { createModel } from "../training/index.ts";
import type { Experiment } from "./experiment.ts";
import { examplesOf, trainedNet } from "./trainedNet.ts";

const WIDTH = 8;
const STEPS = 32;
const FINAL_TIME = 8;
const EXAMPLES = 8;
const described = resNet({ input: 2, outputs: 2, width: WIDTH, steps: STEPS, finalTime: FINAL_TIME });
const times = Array.from({ length: STEPS }, (_, j) => (j * FINAL_TIME) / STEPS);

const ways: Readonly<Record<string, readonly Regularizer[]>> = {
  plain: [],
  stabilityPenalty: [stabilityPenalty(1)],
  stabilityProjection: [stabilityProjection()],
  timeSmoothness: [timeSmoothness(1e-3)],
};

export const learnStable: Experiment = {
  name: "learn-stable",
  title: "Learning stable dynamics",
  see: "All four fit the spirals: the plain network with nearly half of its eigenvalues right of the axis, the ones with the penalty or the projection with none there. Their Lyapunov exponents stay positive all the same, since J changes as fast as in the plain network and Euler lets what lies near the axis grow; timeSmoothness slows J down and lets eigenvalues go right, so that neither alone is stability.",
  async run({ seed = 0, quick = false, ...options } = {}) {
    const training = spirals({ examples: 512, noise: 0.02, seed });
    const test = spirals({ examples: 512, noise: 0.02, seed: seed + 1 });
    const examples = examplesOf(training, EXAMPLES);
    const start = await createModel(described, { seed });
    startAntisymmetric(start);
    const found: Record<string, Seen> = { "before training": look(start, examples) };
    start.dispose();
    const accuracies: Record<string, number> = {};
    for (const [name, regularizers] of Object.entries(ways)) {
      const { model, accuracy } = await trainedNet({
        seed,
        epochs: quick ? 60 : 400,
        training,
        test,
        network: described,
        regularizers,
        prepare: startAntisymmetric,
      });
      accuracies[name] = accuracy;
      found[name] = look(model, examples);
      model.dispose();
    }
    const all = Object.entries(found);
    // All but one in a thousand are in the window.
    const sizes = all.flatMap(([, { scaled }]) => scaled.map((z) => Math.hypot(z.re, z.im))).sort((a, b) => a - b);
    const radius = 1.1 * nth(sizes, Math.floor(0.999 * sizes.length));
    const grid = { from: -radius, to: radius, points: 121 };
    const disc = stabilityRegion(euler, { re: grid, im: grid });
    return {
      numbers: Object.fromEntries(
        all.map(([name, { scaled, symmetric, rates, exponent }]) => [
          name,
          {
            ...(name in accuracies ? { testAccuracy: accuracies[name] } : {}),
            eigenvaluesRightOfTheAxis: scaled.filter((z) => z.re > 1e-4).length / scaled.length,
            largestRealPart: (Math.max(...scaled.map((z) => z.re)) * STEPS) / FINAL_TIME,
            largestOfSymmetricPart: Math.max(...symmetric),
            medianRate: [...rates].sort((a, b) => a - b)[Math.floor(rates.length / 2)],
            lyapunov: exponent,
          },
        ]),
      ),
      figures: {
        spectra: panels(
          all.map(
            ([name, { scaled }]) =>
              (own) =>
                stabilityPlot([disc], [{ values: scaled, color: 2 }], { ...own, title: name }),
          ),
          {
            width: 1200,
            ...options,
            columns: 3,
            least: 230,
            title: `hλ of diag(σ′) K at every step and ${EXAMPLES} examples, over Euler's disc`,
          },
        ),
        overTime: panels(
          [
            (own) =>
              curves(
                all.map(([label, { symmetric }]) => ({
                  label,
                  x: times,
                  y: symmetric,
                  style: label === "stabilityProjection" ? "dashed" : "line", // over that of the penalty
                })),
                {
                  ...own,
                  title: "Largest eigenvalue of ½(K + Kᵀ)",
                  x: { label: "time t" },
                  y: { label: "λ" },
                },
              ),
            (own) =>
              curves(
                all.map(([label, { rates }]) => ({ label, x: times.slice(0, -1), y: rates })),
                {
                  ...own,
                  title: `How fast J changes, largest of ${EXAMPLES} examples`,
                  x: { label: "time t" },
                  y: { label: "‖ΔJ‖ / (h ‖J‖)", scale: "log" },
                },
              ),
          ],
          { width: 1200, ...options, least: 360, title: "What the regularizers hold" },
        ),
      },
    };
  },
};

interface Seen {
  readonly scaled: readonly { re: number; im: number }[];
  /** At each step. */
  readonly symmetric: readonly number[];
  /** At each step but the last. */
  readonly rates: readonly number[];
  readonly exponent: number;
}

/** K ← ½ (K − Kᵀ) at every step. */
function startAntisymmetric(model: Model): void {
  const K = model.get("1.K");
  const opposite = (k: number) => k - (k % WIDTH ** 2) + (k % WIDTH) * WIDTH + (Math.floor(k / WIDTH) % WIDTH);
  model.set(
    "1.K",
    K.map((v, k) => (v - nth(K, opposite(k))) / 2),
  );
}

function look(model: Model, examples: number[][]): Seen {
  const spectra = examples.map((x) => jacobianSpectrum(model, x));
  const K = model.get("1.K");
  const at = (j: number, r: number, c: number) => nth(K, (j * WIDTH + r) * WIDTH + c);
  const rows = Array.from({ length: WIDTH }, (_, r) => r);
  return {
    scaled: spectra.flatMap((steps) => steps.flatMap((s) => s.scaled)),
    symmetric: times.map((_, j) =>
      Math.max(...eigenvalues(rows.map((r) => rows.map((c) => (at(j, r, c) + at(j, c, r)) / 2))).map((z) => z.re)),
    ),
    rates: isStable(model, examples)
      .steps.slice(0, -1)
      .map((s) => s.rate),
    exponent: nth(lyapunov(model, examples), 0),
  };
}
