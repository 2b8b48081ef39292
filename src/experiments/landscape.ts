/**
 * Φ(θ + a d₁ + b d₂) around a trained θ, with filter-normalised directions: the plain net's valley against the ResNet's
 * (Li et al. 2018; He et al. 2015).
 */

import { filterNormalizedDirections, lossSurface, type Surface } from "../analysis/index.ts";
import { nth } from "../core/nth.ts";
import type { Data } from "../model/examples.ts";
import type { Model } from "../model/model.ts";
import { plainNet, resNet } from "../networks/index.ts";
import { panels, surface } from "../plots/index.ts";
import type { Experiment } from "./experiment.ts";
import { trainedNet } from "./trainedNet.ts";

const DEPTH = 20;
const WIDTH = 8;

/** A plain and a residual network of the same depth, with the learning rates at which each learns. */
export const landscapeNets = (steps: number) => ({
  "plain net": { network: plainNet({ input: 2, outputs: 2, width: WIDTH, steps }), learningRate: 0.003 },
  ResNet: { network: resNet({ input: 2, outputs: 2, width: WIDTH, steps, finalTime: 4 }), learningRate: 0.01 },
});

/** Φ over the plane of two filter-normalised directions, `radius` to each side of θ. */
export function surfaceAround(
  model: Model,
  data: Data,
  seed: number,
  radius: number,
  points: number,
): Promise<Surface> {
  const axis = { from: -radius, to: radius, points };
  return lossSurface(model, data, { directions: filterNormalizedDirections(model, { seed }), a: axis, b: axis });
}

/**
 * How much of log Φ is not explained by its neighbours: the mean of (the mean of the four neighbours less the value)², over
 * the variance of log Φ. 0 for a plane, near 1.25 for noise.
 */
export function roughness({ a, b, values }: Surface): number {
  const [m, n] = [a.length, b.length];
  const log = Float64Array.from(values, (v) => Math.log(Math.max(v, 1e-12)));
  const at = (i: number, j: number) => nth(log, i * n + j);
  const mean = log.reduce((s, v) => s + v, 0) / log.length;
  const variance = log.reduce((s, v) => s + (v - mean) ** 2, 0) / log.length;
  let total = 0;
  for (let i = 1; i + 1 < m; i++) {
    for (let j = 1; j + 1 < n; j++) {
      total += ((at(i - 1, j) + at(i + 1, j) + at(i, j - 1) + at(i, j + 1)) / 4 - at(i, j)) ** 2;
    }
  }
  return total / ((m - 2) * (n - 2)) / variance;
}

export const landscape: Experiment = {
  name: "landscape",
  title: "Loss landscapes of a plain and a residual network",
  see: "The residual network ends in a bowl with smooth contours; the plain network of the same depth, which hardly learns, ends on a plateau with rugged ones. Both surfaces are two random directions out of hundreds, scaled filter by filter as the weights are: they show, they do not prove.",
  async run({ seed = 0, quick = false, ...options } = {}) {
    const points = quick ? 9 : 61;
    const found: { name: string; accuracy: number; loss: number; surface: Surface }[] = [];
    for (const [name, net] of Object.entries(landscapeNets(DEPTH))) {
      const { model, training, accuracy } = await trainedNet({ seed, epochs: quick ? 5 : 300, ...net });
      const surfaceOf = await surfaceAround(model, training, seed, 1.5, points);
      found.push({ name, accuracy, loss: model.value(training), surface: surfaceOf });
      model.dispose();
    }
    return {
      numbers: Object.fromEntries(
        found.map(({ name, accuracy, loss, surface: s }) => [
          name,
          { accuracy, loss, roughness: roughness(s), largest: Math.max(...s.values) },
        ]),
      ),
      figures: {
        surfaces: panels(
          found.map(
            ({ name, accuracy, surface: s }) =>
              (own) =>
                surface(
                  { x: s.a, y: s.b, values: s.values },
                  {
                    ...own,
                    title: `${name}, ${DEPTH} layers, test accuracy ${(100 * accuracy).toFixed(0)} %`,
                    scale: "log",
                    levels: 12,
                    x: { label: "direction 1" },
                    y: { label: "direction 2" },
                    marks: [{ x: 0, y: 0 }],
                  },
                ),
          ),
          { width: 1200, ...options, least: 360, title: "Training loss around the trained weights" },
        ),
      },
    };
  },
};
