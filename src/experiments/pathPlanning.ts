/** Training plans paths: the features move through time until a straight line separates the classes. */

import { linearSeparability, trajectories } from "../analysis/index.ts";
import { nth } from "../core/nth.ts";
import { circles } from "../data/index.ts";
import { layerField } from "../dynamics/index.ts";
import { heun } from "../integrators/index.ts";
import { linear, ode, pad } from "../layers/index.ts";
import { network } from "../networks/index.ts";
import { padded } from "../plots/axis.ts";
import { curves, frame, panels, scatter, seriesColor, svgElement, trajectoryPlot } from "../plots/index.ts";
import type { Experiment } from "./experiment.ts";
import { trainedNet } from "./trainedNet.ts";

const STEPS = 24;
const SHOWN = 160;

export const pathPlanning: Experiment = {
  name: "path-planning",
  title: "Deep learning plans paths",
  see: "Two rings that no line separates are given a third coordinate, 0 at first; the trained differential equation lifts one ring off the other. The accuracy of the best linear classifier of the features rises from about a half to 1 on the way.",
  async run({ seed = 0, quick = false, ...options } = {}) {
    const training = circles({ examples: 600, noise: 0.05, seed });
    const test = circles({ examples: 600, noise: 0.05, seed: seed + 1 });
    const { model, accuracy } = await trainedNet({
      seed,
      epochs: quick ? 20 : 120,
      training,
      test,
      network: network({
        input: 2,
        layers: [pad(3), ode(layerField(), heun, { steps: STEPS, finalTime: 4, weights: "nodal" }), linear(2)],
      }),
    });
    const separability = linearSeparability(model, test)[0];
    const shown = Array.from({ length: SHOWN }, (_, k) => Math.floor((k * 600) / SHOWN));
    const inputs = shown.map((i) => [nth(test.features, 2 * i), nth(test.features, 2 * i + 1)]);
    const classes = shown.map((i) => nth(test.labels, i));
    const paths = trajectories(model, inputs)[0]?.paths ?? [];
    // Seen along the direction in which the classifier cuts, and across it.
    const W = model.get("2.W");
    const cut = [0, 1, 2].map((k) => nth(W, k) - nth(W, 3 + k));
    const [u, v] = view(cut);
    const along = (path: ArrayLike<number>, j: number, axis: readonly number[]) =>
      [0, 1, 2].reduce((s, k) => s + nth(path, 3 * j + k) * nth(axis, k), 0);
    model.dispose();
    const at = (j: number) => ({ x: paths.map((p) => along(p, j, u)), y: paths.map((p) => along(p, j, v)), classes });
    const labels = { x: { label: "along the plane of the cut" }, y: { label: "across it" } };
    return {
      numbers: { accuracy, times: separability?.times, separability: separability?.accuracy },
      figures: {
        snapshots: panels(
          [0, STEPS / 3, (2 * STEPS) / 3, STEPS].map(
            (j) => (own) =>
              scatter(at(j), {
                ...own,
                title: `t = ${((4 * j) / STEPS).toFixed(2)}`,
                classes: ["outer", "inner"],
                ...labels,
              }),
          ),
          { width: 1200, ...options, columns: 4, title: "Features on their way" },
        ),
        paths: trajectoryPlot(
          paths.map((p, i) => ({
            x: Array.from({ length: STEPS + 1 }, (_, j) => along(p, j, u)),
            y: Array.from({ length: STEPS + 1 }, (_, j) => along(p, j, v)),
            class: nth(classes, i),
          })),
          { ...options, title: "Paths of 160 examples", classes: ["outer", "inner"], ...labels },
        ),
        separability: curves([{ x: separability?.times ?? [], y: separability?.accuracy ?? [], style: "both" }], {
          ...options,
          title: "Accuracy of the best linear classifier",
          x: { label: "time t" },
          y: { label: "accuracy", domain: [0.5, 1.02] },
        }),
        animation: animation(
          paths.map((p) => Array.from({ length: STEPS + 1 }, (_, j) => [along(p, j, u), along(p, j, v)] as const)),
          classes,
          options,
        ),
      },
    };
  },
};

/** Two unit vectors: one across the cut, one in its plane. */
function view(cut: readonly number[]): [number[], number[]] {
  const length = Math.hypot(...cut) || 1;
  const v = cut.map((x) => x / length);
  const start = Math.abs(nth(v, 0)) < 0.9 ? [1, 0, 0] : [0, 1, 0];
  const dot = start.reduce((s, x, k) => s + x * nth(v, k), 0);
  const w = start.map((x, k) => x - dot * nth(v, k));
  const size = Math.hypot(...w);
  return [w.map((x) => x / size), v];
}

/** The same, moving: SVG's own animation, forth and back in eight seconds. */
function animation(
  paths: readonly (readonly (readonly [number, number])[])[],
  classes: readonly number[],
  options: object,
): string {
  const span = (k: 0 | 1): [number, number] => {
    const all = paths.flat().map((p) => p[k]);
    return padded([Math.min(...all), Math.max(...all)]);
  };
  return frame(
    {
      ...options,
      title: "Features moving through time",
      x: { label: "along the plane of the cut" },
      y: { label: "across it" },
    },
    {
      xData: span(0),
      yData: span(1),
      aspect: 1,
      equal: true,
      legend: ["outer", "inner"].map((label, k) => ({ label, color: k, mark: "dot" })),
      inside: ({ x, y, theme, unit }) =>
        paths
          .map((path, i) => {
            const there = [...path, ...path.slice(0, -1).reverse()];
            const values = (k: 0 | 1) => there.map((p) => (k === 0 ? x(p[0]) : y(p[1])).toFixed(1)).join(";");
            const move = (attributeName: string, k: 0 | 1) =>
              svgElement("animate", { attributeName, values: values(k), dur: "8s", repeatCount: "indefinite" });
            const [cx, cy] = [x(path[0]?.[0] ?? 0), y(path[0]?.[1] ?? 0)];
            return svgElement(
              "circle",
              { cx, cy, r: 3 * unit, fill: seriesColor(theme, nth(classes, i)) },
              move("cx", 0),
              move("cy", 1),
            );
          })
          .join(""),
    },
  );
}
