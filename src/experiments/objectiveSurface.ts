/**
 * min ½ ‖Y_N(θ) − C‖²_F,  Y_{j+1} = Y_j + (10/N) tanh(K(θ) Y_j),  C = Y_200(1, 1),
 * K(θ) = [[−θ₁−θ₂, θ₁, θ₂], [θ₂, −θ₁−θ₂, θ₁], [θ₁, θ₂, −θ₁−θ₂]]: the objective over [0.2, 2]² at N = 5 and N = 100.
 */

import { type Axis, lossSurface, type Surface } from "../analysis/index.ts";
import { nth } from "../core/nth.ts";
import { Random, streams } from "../core/random.ts";
import type { Precision } from "../core/recording/tensor.ts";
import { basisKernel, layerField } from "../dynamics/index.ts";
import { euler } from "../integrators/index.ts";
import { ode } from "../layers/index.ts";
import { leastSquares } from "../losses/index.ts";
import type { Model } from "../model/model.ts";
import { network } from "../networks/index.ts";
import { gradientDescent, lbfgs } from "../optimizers/index.ts";
import type { Method } from "../optimizers/method.ts";
import { curves, type FigureOptions, panels, surface, trajectoryPlot } from "../plots/index.ts";
import { createModel } from "../training/index.ts";
import { descent, endOf, type Path, shareNear, startGrid, thinned } from "./descent.ts";
import type { Experiment } from "./experiment.ts";

export const EXAMPLES = 20;
export const GRID = { from: 0.2, to: 2, points: 101 } satisfies Axis;
const FINAL_TIME = 10;
const REFERENCE_STEPS = 200;

/** K(θ) = θ₁ S + θ₂ T. */
const S = [
  [-1, 1, 0],
  [0, -1, 1],
  [1, 0, -1],
];
const T = [
  [-1, 0, 1],
  [1, -1, 0],
  [0, 1, -1],
];

/** The slide's network with N steps; its parameters are θ₁ and θ₂. */
export function slideModel(steps: number, precision: Precision, threads = 1): Promise<Model> {
  const dynamics = layerField({ kernel: basisKernel([S, T]), bias: false });
  const block = ode(dynamics, euler, { steps, finalTime: FINAL_TIME, weights: "constant" });
  const loss = leastSquares({ reduction: "sum" });
  return createModel(network({ input: 3, layers: [block] }), { loss, precision, threads });
}

/** The plane of (θ₁, θ₂) itself. */
export const plane = (a: number, b: number): number[] => [a, b];

/** Inputs Y_0 ~ deviation · N(0, 1) with their targets C = Y_200(1, 1). */
export async function slideData(seed: number, deviation: number) {
  const features = new Random(seed, streams.data).normal(3 * EXAMPLES).map((v) => deviation * v);
  const model = await slideModel(REFERENCE_STEPS, "f64");
  model.set([1, 1]);
  const labels = model.scores(features);
  model.dispose();
  return { features, labels };
}

/** Grid points strictly below all eight neighbours, the border excluded. */
export function localMinima({ a, b, values }: Surface): { a: number; b: number; value: number }[] {
  const [m, n] = [a.length, b.length];
  const found: { a: number; b: number; value: number }[] = [];
  for (let i = 1; i + 1 < m; i++) {
    for (let j = 1; j + 1 < n; j++) {
      const value = nth(values, i * n + j);
      const around = [-1, 0, 1].flatMap((di) => [-1, 0, 1].map((dj) => [di, dj] as const));
      if (around.every(([di, dj]) => (di === 0 && dj === 0) || nth(values, (i + di) * n + j + dj) > value)) {
        found.push({ a: nth(a, i), b: nth(b, j), value });
      }
    }
  }
  return found;
}

interface Case {
  readonly steps: number;
  readonly training: Surface;
  readonly test: Surface;
  readonly difference: Float64Array;
}

async function surfaces(steps: number, seed: number, deviation: number): Promise<Case> {
  const model = await slideModel(steps, "f64");
  const options = { at: plane, a: GRID, b: GRID };
  const training = await lossSurface(model, await slideData(seed, deviation), options);
  const test = await lossSurface(model, await slideData(seed + 1, deviation), options);
  model.dispose();
  const difference = training.values.map((v, k) => Math.abs(v - nth(test.values, k)));
  return { steps, training, test, difference };
}

const largest = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => Math.max(a, b), 0);

/** Six panels: training, test and their difference, N = 5 above N = 100. */
function figure(cases: readonly Case[], deviation: number, options: FigureOptions): string {
  const panel =
    (title: string, of: Surface, values: Float64Array, top: number, marks: { x: number; y: number }[] = []) =>
    (own: FigureOptions) =>
      surface(
        { x: of.a, y: of.b, values },
        {
          ...own,
          title,
          marks,
          range: [top / 3000, top],
          scale: "log",
          levels: 7,
          x: { label: "θ₁" },
          y: { label: "θ₂" },
        },
      );
  const all = cases.flatMap(({ steps, training, test, difference }) => {
    const top = Math.max(largest(training.values), largest(test.values));
    const minima = steps > 50 ? localMinima(training).map(({ a, b }) => ({ x: a, y: b })) : [];
    return [
      panel(`N = ${steps}, training`, training, training.values, top, minima),
      panel(`N = ${steps}, test`, test, test.values, top),
      panel(`N = ${steps}, |difference|`, training, difference, largest(difference)),
    ];
  });
  const normal = `Y₀ ~ ${deviation === 1 ? "" : `${deviation} · `}N(0, 1)`.replaceAll(" ", "\u00a0"); // in one line
  const title = `The objective over (θ₁, θ₂), ${normal}`;
  return panels(all, { ...options, columns: 3, title });
}

export interface Descended {
  readonly method: string;
  readonly steps: number;
  /** The share of the starts that ends in the best basin that any method found. */
  readonly reached: number;
  readonly best: readonly [number, number];
  readonly paths: readonly Path[];
}

const METHODS: Readonly<Record<string, Method>> = {
  // From its default of 1 the first step would leave the valley of its start at once.
  "gradient descent": gradientDescent({ stepSize: 1e-4 }),
  "L-BFGS": lbfgs(),
};

/** The slide's `min` with the library's optimizers, all examples at once, from starts × starts points of the square. */
export async function descents(steps: number, seed: number, starts: number): Promise<Descended[]> {
  const model = await slideModel(steps, "f64");
  const data = await slideData(seed, 1);
  const from = startGrid(GRID, starts);
  const runs = Object.entries(METHODS).map(([method, optimizer]) => ({
    method,
    paths: from.map((start) => descent(model, data, start, optimizer)),
  }));
  const ends = runs.flatMap(({ paths }) => paths.map(endOf));
  const values = ends.map((end) => {
    model.set(end);
    return model.value(data);
  });
  model.dispose();
  const best = ends[values.indexOf(Math.min(...values))] as readonly [number, number];
  return runs.map(({ method, paths }) => ({ method, steps, reached: shareNear(paths, best), best, paths }));
}

export const objectiveSurface: Experiment = {
  name: "objective-surface",
  title: "A deep residual network has the simpler objective",
  see: "With N = 5 steps the objective is rugged and differs between training and test inputs; with N = 100 it is a smooth bowl with one minimum, near (1, 1) but not at it, since the targets come from N = 200. The difference between training and test shrinks in absolute terms, not relative to the objective.",
  async run({ seed = 0, quick = false, ...options } = {}) {
    const numbers: Record<string, unknown> = {};
    const figures: Record<string, string> = {};
    for (const deviation of [1, 0.1]) {
      const cases = [await surfaces(5, seed, deviation), await surfaces(100, seed, deviation)];
      const [few, many] = cases as [Case, Case];
      const minima = localMinima(many.training);
      numbers[`deviation ${deviation}`] = {
        minimaAt5: localMinima(few.training).length,
        minimaAt100: minima.length,
        minimumAt100: minima.map(({ a, b }) => [round(a), round(b)]),
        differenceAt5: largest(few.difference),
        differenceAt100: largest(many.difference),
        differenceRatio: largest(few.difference) / largest(many.difference),
        relativeDifferenceAt5: largest(few.difference) / largest(few.training.values),
        relativeDifferenceAt100: largest(many.difference) / largest(many.training.values),
      };
      figures[deviation === 1 ? "surfaces" : "surfaces-small-inputs"] = figure(cases, deviation, {
        width: 1200,
        ...options,
      });
    }
    const starts = quick ? 3 : 7;
    const runs = [...(await descents(5, seed, starts)), ...(await descents(100, seed, starts))];
    numbers.descents = runs.map(({ method, steps, reached, best }) => ({
      method,
      steps,
      reached,
      best: best.map(round),
    }));
    figures.descents = panels(
      runs.map(
        ({ method, steps, paths, reached }) =>
          (own: FigureOptions) =>
            trajectoryPlot(
              paths
                .map((path) => thinned(path, 0.004))
                .map((path) => ({ x: path.map((p) => p[0]), y: path.map((p) => p[1]), class: 0 })),
              {
                ...own,
                title: `${method}, N = ${steps}: ${Math.round(100 * reached)} %`,
                equal: false,
                x: { label: "θ₁", domain: [0, 2.2] },
                y: { label: "θ₂", domain: [0, 2.2] },
              },
            ),
      ),
      { width: 1200, ...options, columns: 4, title: `Share of ${starts ** 2} starts that end in the best minimum` },
    );
    const cut = await sections(seed);
    figures.sections = curves(cut, {
      ...options,
      title: "The objective along θ₁ + θ₂ = 2, training inputs",
      x: { label: "θ₁" },
      y: { label: "objective", scale: "log" },
    });
    return { numbers, figures };
  },
};

const round = (x: number): number => Math.round(1e4 * x) / 1e4;

async function sections(seed: number) {
  const data = await slideData(seed, 1);
  const found = [];
  for (const steps of [5, 10, 20, 100]) {
    const model = await slideModel(steps, "f64");
    const { a, values } = await lossSurface(model, data, {
      at: (a) => plane(a, 2 - a),
      a: { from: 0.2, to: 1.8, points: 401 },
      b: { values: [0, 1] },
    });
    found.push({ x: a, y: values.filter((_, k) => k % 2 === 0), label: `N = ${steps}` });
    model.dispose();
  }
  return found;
}
