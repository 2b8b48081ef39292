/**
 * Depth is a discretisation: one θ(t) on [0, T], trained with a few steps, then N = 4 … 256. Y_N converges with the method's
 * order as h = T/N falls, and the accuracy stays.
 */

import { nth } from "../core/nth.ts";
import { antisymmetric } from "../dynamics/index.ts";
import { euler, heun, rk3, rk4 } from "../integrators/index.ts";
import { dense, linear as linearLayer, ode } from "../layers/index.ts";
import type { Model } from "../model/model.ts";
import { network } from "../networks/index.ts";
import { curves, panels } from "../plots/index.ts";
import { createModel } from "../training/index.ts";
import type { Experiment } from "./experiment.ts";
import { trainedNet } from "./trainedNet.ts";

const methods = { euler, heun, rk3, rk4 };
const WIDTH = 8;
const FINAL_TIME = 6;
const COARSE = 16;

const net = (integrator: typeof euler, steps: number) =>
  network({
    input: 2,
    layers: [
      dense(WIDTH),
      ode(antisymmetric({ gamma: 0.1 }), integrator, { steps, finalTime: FINAL_TIME, weights: "nodal" }),
      linearLayer(2),
    ],
  });

/** The same K at every node: training moves them apart smoothly, where independent draws would make θ(t) noise. */
function alike(model: Model): void {
  for (const { name, shape } of model.parameters) {
    if (!name.startsWith("1.")) continue;
    const values = model.get(name);
    const size = values.length / nth(shape, 0);
    model.set(
      name,
      values.map((_, k) => nth(values, k % size)),
    );
  }
}

/** The piecewise linear interpolant of sets at the nodes, at more nodes. */
export function refine(values: ArrayLike<number>, sets: number, finer: number): Float64Array {
  const size = values.length / sets;
  const out = new Float64Array(finer * size);
  for (let j = 0; j < finer; j++) {
    const place = (j * (sets - 1)) / (finer - 1);
    const left = Math.min(Math.floor(place), sets - 2);
    for (let k = 0; k < size; k++) {
      const [a, b] = [nth(values, left * size + k), nth(values, (left + 1) * size + k)];
      out[j * size + k] = a + (place - left) * (b - a);
    }
  }
  return out;
}

export const depthIsTime: Experiment = {
  name: "depth-is-time",
  title: "What is a layer, and how deep is deep?",
  see: "The same θ(t) run with more and smaller steps gives outputs that converge with the order of the method: 1, 2, 3, 4. The accuracy is that of the continuous network as soon as the steps are small enough, some 32 for order 2 and higher, some 256 for Euler; depth beyond that is cost, not expressive power.",
  async run({ seed = 0, quick = false, ...options } = {}) {
    const { model, test, accuracy } = await trainedNet({
      seed,
      epochs: quick ? 10 : 400,
      network: net(rk4, COARSE),
      learningRate: 0.01,
      prepare: alike,
      precision: "f64",
    });
    const theta = new Map(model.parameters.map(({ name }) => [name, model.get(name)]));
    model.dispose();
    const at = async (integrator: typeof euler, steps: number) => {
      const finer = await createModel(net(integrator, steps), { precision: "f64" });
      for (const [name, values] of theta) {
        finer.set(name, name.startsWith("1.") ? refine(values, COARSE + 1, steps + 1) : values);
      }
      const found = {
        scores: Float64Array.from(finer.scores(test.features)),
        accuracy: finer.evaluate(test).accuracy as number,
      };
      finer.dispose();
      return found;
    };
    const depths = quick ? [32, 64] : [4, 8, 16, 32, 64, 128, 256];
    const exact = Float64Array.from((await at(rk4, quick ? 256 : 1024)).scores);
    const norm = Math.sqrt(exact.reduce((s, v) => s + v * v, 0));
    const errors: Record<string, number[]> = {};
    const accuracies: Record<string, number[]> = {};
    for (const [name, method] of Object.entries(methods)) {
      const runs = await Promise.all(depths.map((n) => at(method, n)));
      errors[name] = runs.map(
        ({ scores }) => Math.sqrt(scores.reduce((s, v, k) => s + (v - nth(exact, k)) ** 2, 0)) / norm,
      );
      accuracies[name] = runs.map((r) => r.accuracy);
    }
    const orders = Object.fromEntries(
      Object.entries(errors).map(([name, e]) => {
        const usable = e.filter((v) => v > 1e-12);
        const [a, b] = usable.slice(-2) as [number, number];
        return [name, Math.log2(a / b)];
      }),
    );
    const series = (of: Record<string, number[]>) =>
      Object.entries(of).map(([label, y]) => ({
        label,
        x: depths,
        y: y.map((v) => Math.max(v, 1e-15)),
        style: "both" as const,
      }));
    return {
      numbers: { trainedWith: COARSE, trainedAccuracy: accuracy, depths, errors, orders, accuracies },
      figures: {
        convergence: panels(
          [
            (own) =>
              curves(series(errors), {
                ...own,
                title: "Error of the outputs",
                x: { label: "time steps N", scale: "log" },
                y: { label: "‖S(N) − S‖ / ‖S‖", scale: "log" },
              }),
            (own) =>
              curves(series(accuracies), {
                ...own,
                title: "Accuracy on test points",
                x: { label: "time steps N", scale: "log" },
                y: { label: "accuracy", domain: [0.4, 1.02] },
              }),
          ],
          {
            width: 1200,
            ...options,
            least: 360,
            title: "One θ(t), trained with 16 steps of rk4, run with more and fewer",
          },
        ),
      },
    };
  },
};
