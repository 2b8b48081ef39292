/** What the experiments compute, a slider's position at a time. */

import { lossSurface, type Surface } from "../../analysis/index.ts";
import { nth } from "../../core/nth.ts";
import { Random, streams } from "../../core/random.ts";
import { antisymmetric, layerField } from "../../dynamics/index.ts";
import { plane, slideData, slideModel } from "../../experiments/objectiveSurface.ts";
import * as integrators from "../../integrators/index.ts";
import { ode } from "../../layers/index.ts";
import { leastSquares } from "../../losses/index.ts";
import { network } from "../../networks/index.ts";
import { createModel } from "../../training/index.ts";

/** The objective over θ = (θ₁, θ₂), training and test, with N steps; along the way its value at one θ. */
export async function objective(
  steps: number,
  seed: number,
  points: number,
): Promise<{ training: Surface; test: Surface }> {
  const model = await slideModel(steps, "f64");
  const axis = { from: 0.2, to: 2, points };
  const over = async (data: Awaited<ReturnType<typeof slideData>>) =>
    lossSurface(model, data, { at: plane, a: axis, b: axis });
  const training = await over(await slideData(seed, 1));
  const test = await over(await slideData(seed + 1, 1));
  model.dispose();
  return { training, test };
}

/** ẏ = A y or ẏ = tanh(A y), A antisymmetric in the plane, from (1, 0): the path, and its norm over time. */
export async function rotation(name: "euler" | "heun" | "rk4" | "implicitMidpoint", h: number, tanh: boolean) {
  const steps = Math.max(1, Math.round(20 / h));
  const field = antisymmetric({ activation: tanh ? "tanh" : "identity", bias: false });
  const block = ode(field, integrators[name], {
    steps,
    stepSize: h,
    weights: "constant",
  });
  const model = await createModel(network({ input: 2, layers: [block] }), { loss: leastSquares(), precision: "f64" });
  model.set([0, 0.5, -0.5, 0]);
  const [path] = model.states([1, 0]);
  model.dispose();
  const points = path?.values ?? [];
  return {
    times: path?.times ?? [],
    x: Float64Array.from(points, (p) => nth(p, 0)),
    y: Float64Array.from(points, (p) => nth(p, 1)),
    norms: Float64Array.from(points, (p) => Math.hypot(nth(p, 0), nth(p, 1))),
  };
}

/** A deep network with random weights: T and N apart. The end points of a circle of inputs, and how far they moved. */
export async function flow(finalTime: number, steps: number, seed: number, kind: "layerField" | "antisymmetric") {
  const [a, b] = [new Random(seed, streams.initialization).normal(4), new Random(seed + 1, streams.noise).normal(4)];
  const make = kind === "layerField" ? layerField() : antisymmetric();
  const through = async (n: number) => {
    const block = ode(make, integrators.euler, { steps: n, finalTime, weights: "nodal" });
    const model = await createModel(network({ input: 2, layers: [block] }), { loss: leastSquares(), precision: "f64" });
    // θ(t) = cos(t) a + sin(t) b, the same function on every grid.
    const K = new Float64Array(4 * (n + 1));
    for (let j = 0; j <= n; j++) {
      const t = (j * finalTime) / n;
      for (let k = 0; k < 4; k++) K[4 * j + k] = Math.cos(t / 3) * nth(a, k) + Math.sin(t / 3) * nth(b, k);
    }
    model.set("0.K", K);
    model.set("0.b", new Float64Array(2 * (n + 1)));
    const starts = Array.from({ length: 16 }, (_, k) => [Math.cos((k * Math.PI) / 8), Math.sin((k * Math.PI) / 8)]);
    const [found] = model.states(starts.flat());
    model.dispose();
    return found?.values ?? [];
  };
  const [coarse, fine] = [await through(steps), await through(2000)];
  const last = (values: readonly ArrayLike<number>[]) => nth(values, values.length - 1);
  const [end, exact] = [last(coarse), last(fine)];
  let error = 0;
  for (let k = 0; k < end.length; k++) error = Math.max(error, Math.abs(nth(end, k) - nth(exact, k)));
  const pathsOf = (values: readonly ArrayLike<number>[], every: number) =>
    Array.from({ length: 16 }, (_, i) => ({
      x: Float64Array.from(
        values.filter((_, j) => j % every === 0),
        (v) => nth(v, 2 * i),
      ),
      y: Float64Array.from(
        values.filter((_, j) => j % every === 0),
        (v) => nth(v, 2 * i + 1),
      ),
    }));
  return { paths: pathsOf(coarse, 1), exact: pathsOf(fine, 20), error };
}
