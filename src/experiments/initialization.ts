/** E‖K_L … K_1 y‖² = (n · Var)^L ‖y‖²: only variance 1/n keeps the length of a product of random matrices, 2/n that with relu. */
import { nth } from "../core/nth.ts";
import { Random, streams } from "../core/random.ts";
import { curves, panels } from "../plots/index.ts";
import type { Experiment } from "./experiment.ts";

const WIDTH = 32;
const DEPTH = 40;
const RUNS = 20;

/** Draws of n² entries. */
const draws: Readonly<Record<string, (random: Random, n: number) => Float64Array>> = {
  "normal N(0, 1)": (random, n) => random.normal(n * n),
  "uniform on [−1, 1]": (random, n) => random.uniform(n * n).map((u) => 2 * u - 1),
  "He N(0, 2/n)": (random, n) => random.normal(n * n).map((v) => Math.sqrt(2 / n) * v),
  Glorot: (random, n) => random.uniform(n * n).map((u) => Math.sqrt(6 / (2 * n)) * (2 * u - 1)),
};

function norms(random: Random, draw: (random: Random, n: number) => Float64Array, relu: boolean): number[] {
  let y = random.normal(WIDTH);
  const start = y.reduce((s, v) => s + v * v, 0);
  const found = [1];
  for (let layer = 0; layer < DEPTH; layer++) {
    const K = draw(random, WIDTH);
    y = Float64Array.from({ length: WIDTH }, (_, r) => {
      let s = 0;
      for (let c = 0; c < WIDTH; c++) s += nth(K, r * WIDTH + c) * nth(y, c);
      return relu ? Math.max(s, 0) : s;
    });
    found.push(y.reduce((s, v) => s + v * v, 0) / start);
  }
  return found;
}

/** The median over runs at each depth. */
function medians(runs: readonly number[][]): number[] {
  return (runs[0] ?? []).map((_, k) => {
    const sorted = runs.map((r) => nth(r, k)).sort((a, b) => a - b);
    return nth(sorted, Math.floor(sorted.length / 2));
  });
}

export const initialization: Experiment = {
  name: "initialization",
  title: "How the first weights decide the size of the features",
  see: "‖K_L … K_1 y‖² grows by n · Var(K) a layer: 32 for N(0, 1), 11 for the uniform distribution, 2 for He and 1 for Glorot. With relu, which drops half of it, He's draw is the one that keeps the size.",
  async run({ seed = 0, quick: _quick, ...options } = {}) {
    const found = (relu: boolean) =>
      Object.fromEntries(
        Object.entries(draws).map(([name, draw], k) => {
          const random = new Random(seed, streams.initialization + 16 * (k + 1));
          return [name, medians(Array.from({ length: RUNS }, () => norms(random, draw, relu)))];
        }),
      );
    const [plain, relu] = [found(false), found(true)];
    const factor = (of: Record<string, number[]>) =>
      Object.fromEntries(
        Object.entries(of).map(([name, v]) => [name, ((v.at(-1) as number) / nth(v, 0)) ** (1 / DEPTH)]),
      );
    const series = (of: Record<string, number[]>) =>
      Object.entries(of).map(([label, y]) => ({ label, x: y.map((_, k) => k), y }));
    const look = { x: { label: "layer" }, y: { label: "‖yⱼ‖² / ‖y‖²", scale: "log" as const } };
    return {
      numbers: { width: WIDTH, growthPerLayer: factor(plain), growthPerLayerWithRelu: factor(relu) },
      figures: {
        norms: panels(
          [
            (own) => curves(series(plain), { ...own, ...look, title: "Kⱼ … K₁ y" }),
            (own) => curves(series(relu), { ...own, ...look, title: "with relu after each" }),
          ],
          { width: 1200, ...options, least: 360, title: "Squared length of the features, n = 32, median of 20 draws" },
        ),
      },
    };
  },
};
