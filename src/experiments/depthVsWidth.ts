/**
 * Depth against width: accuracy over the number of parameters, and the exact case, Telgarsky's sawtooth (2016):
 * 2 relu(x) − 4 relu(x − ½) composed k times has 2^k linear pieces with width 2 and depth k; one hidden layer needs 2^k units.
 */

import { nth } from "../core/nth.ts";
import { dense, linear } from "../layers/index.ts";
import { leastSquares } from "../losses/leastSquares.ts";
import { network, plainNet, resNet } from "../networks/index.ts";
import { curves, panels } from "../plots/index.ts";
import { createModel } from "../training/index.ts";
import type { Experiment } from "./experiment.ts";
import { trainedNet } from "./trainedNet.ts";

const relu = { activation: "relu" } as const;

/** The sawtooth as a network of k layers of width 2: y ↦ relu([1, 1]ᵀ (2 y₁ − 4 y₂) + [0, −½]ᵀ). */
async function sawtooth(k: number, x: ArrayLike<number>): Promise<ArrayLike<number>> {
  const layers = [dense(2, relu), ...Array.from({ length: k - 1 }, () => dense(2, relu)), linear(1)];
  const model = await createModel(network({ input: 1, layers }), { precision: "f64", loss: leastSquares() });
  model.set("0.K", [1, 1]);
  model.set("0.b", [0, -0.5]);
  for (let j = 1; j < k; j++) {
    model.set(`${j}.K`, [2, -4, 2, -4]);
    model.set(`${j}.b`, [0, -0.5]);
  }
  model.set(`${k}.W`, [2, -4]);
  model.set(`${k}.b`, [0]);
  const values = model.scores(x as number[]);
  model.dispose();
  return values;
}

/** Linear pieces of values on an equally spaced grid that meets every kink. */
function pieces(values: ArrayLike<number>): number {
  let count = 1;
  for (let i = 1; i + 1 < values.length; i++) {
    const bend = nth(values, i + 1) - 2 * nth(values, i) + nth(values, i - 1);
    if (Math.abs(bend) > 1e-9) count++;
  }
  return count;
}

export const depthVsWidth: Experiment = {
  name: "depth-vs-width",
  title: "Why deep, and not wide",
  see: "Composed k times, a function of width 2 has 2^k linear pieces, for which one hidden layer needs 2^k units: there are functions that only depth gives cheaply. On data the picture is less clear: at equal numbers of parameters the residual net does well, the plain deep net does not train, and one wide layer does what it can.",
  async run({ seed = 0, quick = false, ...options } = {}) {
    const grid = Array.from({ length: 1025 }, (_, k) => k / 1024);
    const composed = [1, 2, 4, 6];
    const teeth = await Promise.all(composed.map((k) => sawtooth(k, grid)));
    const families = {
      "one wide layer": [4, 16, 64, 256].map((w) => network({ input: 2, layers: [dense(w), linear(2)] })),
      "plain, width 4": [2, 6, 14, 48].map((steps) => plainNet({ input: 2, outputs: 2, width: 4, steps })),
      "ResNet, width 4": [2, 6, 14, 48].map((steps) => resNet({ input: 2, outputs: 2, width: 4, steps, finalTime: 8 })),
    };
    const seeds = quick ? [seed] : [seed, seed + 1, seed + 2, seed + 3, seed + 4];
    const runs = [];
    for (const [label, nets] of Object.entries(families)) {
      const [parameters, accuracy, low, high]: [number[], number[], number[], number[]] = [[], [], [], []];
      for (const net of nets) {
        const found: number[] = [];
        for (const s of seeds) {
          const trained = await trainedNet({ seed: s, epochs: quick ? 3 : 300, network: net });
          found.push(trained.accuracy);
          if (s === seed) parameters.push(trained.model.get().length);
          trained.model.dispose();
        }
        accuracy.push(found.reduce((a, b) => a + b, 0) / found.length);
        low.push(Math.min(...found));
        high.push(Math.max(...found));
      }
      runs.push({ label, parameters, accuracy, low, high });
    }
    return {
      numbers: { sawtoothPieces: Object.fromEntries(composed.map((k, i) => [k, pieces(teeth[i] ?? [])])), runs },
      figures: {
        sawtooth: panels(
          composed.map(
            (k, i) => (own) =>
              curves([{ x: grid, y: teeth[i] ?? [] }], {
                ...own,
                title: `k = ${k}: ${2 ** k} pieces`,
                x: { label: "x" },
                y: { label: "y", domain: [-0.05, 1.05] },
              }),
          ),
          {
            width: 1200,
            ...options,
            columns: 4,
            title: "2 relu(x) − 4 relu(x − ½), composed k times: width 2, depth k",
          },
        ),
        accuracy: curves(
          runs.map(({ label, parameters, accuracy, low, high }) => ({
            label,
            x: parameters,
            y: accuracy,
            low,
            high,
            style: "both" as const,
          })),
          {
            ...options,
            title: `Swiss roll: mean and range of ${seeds.length} seeds`,
            x: { label: "parameters", scale: "log" },
            y: { label: "test accuracy", domain: [0.4, 1.02] },
          },
        ),
      },
    };
  },
};
