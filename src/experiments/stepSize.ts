/**
 * The same continuous network ẏ = −Kᵀ tanh(K y + b) with h too large and small enough: Euler is stable where h ‖K‖² ≤ 2, and
 * beyond it the discrete network does something that the differential equation does not.
 */
import { energy, isStable, trajectories } from "../analysis/index.ts";
import { parabolic } from "../dynamics/index.ts";
import { euler } from "../integrators/index.ts";
import { ode } from "../layers/index.ts";
import { leastSquares } from "../losses/index.ts";
import { network } from "../networks/index.ts";
import { curves, panels, trajectoryPlot } from "../plots/index.ts";
import { createModel } from "../training/index.ts";
import type { Experiment } from "./experiment.ts";

const K = [3, 1, -1, 2];
const FINAL_TIME = 2;
const counts = [6, 10, 16, 128];
const starts = Array.from({ length: 8 }, (_, k) => [
  1.5 * Math.cos((k * Math.PI) / 4),
  1.5 * Math.sin((k * Math.PI) / 4),
]);

export const stepSize: Experiment = {
  name: "step-size",
  title: "The same network with steps too large and small enough",
  see: "The heat flow goes straight to rest and its energy falls; with 6 or 10 steps Euler's method jumps back and forth over the minimum and the energy does not reach 0. From h‖K‖² = 2 on down the discrete network goes to rest as the continuous one does, and follows it where h is small.",
  async run(options = {}) {
    const { seed: _seed, quick: _quick, ...look } = options;
    const [a, b, c, d] = K as [number, number, number, number];
    const trace = a * a + b * b + c * c + d * d;
    const normSquared = (trace + Math.sqrt(trace * trace - 4 * (a * d - b * c) ** 2)) / 2;
    const runs = await Promise.all(
      counts.map(async (steps) => {
        const block = ode(parabolic({ bias: false }), euler, { steps, finalTime: FINAL_TIME, weights: "constant" });
        const model = await createModel(network({ input: 2, layers: [block] }), {
          loss: leastSquares(),
          precision: "f64",
        });
        model.set("0.K", K);
        const [found] = trajectories(model, starts);
        const stability = isStable(model, starts);
        const fall = energy(model, starts);
        model.dispose();
        return {
          steps,
          h: FINAL_TIME / steps,
          paths: found?.paths ?? [],
          times: fall.times,
          energy: fall.values,
          stability,
        };
      }),
    );
    return {
      numbers: {
        normSquared,
        runs: runs.map(({ steps, h, stability, energy: E }) => ({
          steps,
          h,
          hNormSquared: h * normSquared,
          stable: stability.stable,
          largestAmplification: stability.amplification,
          lastEnergy: E[E.length - 1],
        })),
      },
      figures: {
        paths: panels(
          runs.map(
            ({ steps, h, paths }) =>
              (own) =>
                trajectoryPlot(
                  paths.map((p) => ({
                    x: p.filter((_, k) => k % 2 === 0),
                    y: p.filter((_, k) => k % 2 === 1),
                    class: 0,
                  })),
                  {
                    ...own,
                    title: `N = ${steps}, h‖K‖² = ${(h * normSquared).toFixed(1)}`,
                    x: { label: "y₁", domain: [-2, 2] },
                    y: { label: "y₂", domain: [-2, 2] },
                  },
                ),
          ),
          { width: 1200, ...look, columns: 4, title: "ẏ = −Kᵀ tanh(K y): ring = input, dot = output" },
        ),
        energy: curves(
          runs.map(({ steps, times, energy: E }) => ({ label: `N = ${steps}`, x: times, y: E })),
          {
            ...look,
            title: "Energy 1ᵀ log cosh(K y), mean of 8 inputs",
            x: { label: "time t" },
            y: { label: "energy" },
          },
        ),
      },
    };
  },
};
