/** One figure of every kind, from numbers that are the same everywhere. */
import { euler, leapfrogMidpoint, rk4, stabilityRegion } from "../../src/index.ts";
import {
  confusionMatrix,
  curves,
  type FigureOptions,
  gradientFlowPlot,
  montage,
  networkDrawing,
  panels,
  scatter,
  stabilityPlot,
  surface,
  trajectoryPlot,
  weightsOverTime,
} from "../../src/plots/index.ts";

const range = (n: number, from = 0, to = n - 1) =>
  Array.from({ length: n }, (_, k) => from + ((to - from) * k) / (n - 1));
const grid = (x: number[], y: number[], f: (a: number, b: number) => number) => x.flatMap((a) => y.map((b) => f(a, b)));
/** A fixed scatter of numbers in (−1, 1). */
const noise = (k: number) => 2 * ((k * 0.61803398875 + ((k * k) % 7) * 0.137) % 1) - 1;

const plane = range(41, -2, 2);
const times = range(17, 0, 1);
const turn = { re: { from: -4, to: 1.5, points: 111 }, im: { from: -3.2, to: 3.2, points: 129 } };
const points = range(120).map((k) => ({
  c: k % 3,
  x: noise(k) * 0.8 + Math.cos((k % 3) * 2.1),
  y: noise(k + 500) * 0.8 + Math.sin((k % 3) * 2.1),
}));
const nearest = (a: number, b: number) => {
  const d = [0, 1, 2].map((c) => (a - Math.cos(c * 2.1)) ** 2 + (b - Math.sin(c * 2.1)) ** 2);
  return d.indexOf(Math.min(...d));
};

export const samples: Readonly<Record<string, (options: FigureOptions) => string>> = {
  curves: (o) =>
    curves(
      [
        { x: times, y: times.map((t) => Math.exp(-3 * t)), label: "decays" },
        { x: times, y: times.map((t) => 0.02 * Math.exp(3 * t)), label: "grows", style: "dashed" },
        {
          x: times,
          y: times.map((t) => 0.3 + 0.1 * Math.cos(9 * t)),
          label: "neither",
          style: "both",
          low: times.map(() => 0.15),
          high: times.map(() => 0.5),
        },
      ],
      { ...o, title: "Three solutions of ẏ = λ y", x: { label: "time t" }, y: { label: "|y(t)|", scale: "log" } },
    ),
  surface: (o) =>
    surface(
      { x: plane, y: plane, values: grid(plane, plane, (a, b) => (1 - a) ** 2 + 8 * (b - a * a) ** 2 + 0.05) },
      {
        ...o,
        title: "Rosenbrock's valley",
        scale: "log",
        x: { label: "θ₁" },
        y: { label: "θ₂" },
        marks: [{ x: 1, y: 1, label: "minimum" }],
      },
    ),
  scatter: (o) =>
    scatter(
      { x: points.map((p) => p.x), y: points.map((p) => p.y), classes: points.map((p) => p.c) },
      {
        ...o,
        title: "Decision regions",
        regions: { x: plane, y: plane, classes: grid(plane, plane, nearest) },
        classes: ["first", "second", "third"],
        x: { label: "feature 1" },
        y: { label: "feature 2" },
      },
    ),
  trajectories: (o) =>
    trajectoryPlot(
      range(5, 0.4, 2).map((r, k) => ({
        x: times.map((t) => r * Math.exp(-t) * Math.cos(4 * t)),
        y: times.map((t) => r * Math.exp(-t) * Math.sin(4 * t)),
        class: k % 2,
      })),
      {
        ...o,
        title: "A spiral into rest",
        classes: ["odd", "even"],
        x: { label: "y₁" },
        y: { label: "y₂" },
        field: (() => {
          const at = range(9, -2, 2);
          const [x, y] = [grid(at, at, (a) => a), grid(at, at, (_, b) => b)];
          return { x, y, u: x.map((a, k) => -a - 4 * (y[k] as number)), v: x.map((a, k) => 4 * a - (y[k] as number)) };
        })(),
      },
    ),
  stability: (o) =>
    stabilityPlot(
      [
        { ...stabilityRegion(rk4, turn), label: "rk4" },
        { ...stabilityRegion(euler, turn), label: "euler" },
        { ...stabilityRegion(leapfrogMidpoint, turn), label: "leapfrogMidpoint" },
      ],
      [{ values: range(13, -2.2, 2.2).map((im, k) => ({ re: -0.1 - 0.1 * (k % 3), im })), label: "hλ", color: 4 }],
      { ...o, title: "Where a method does not amplify" },
    ),
  gradientFlow: (o) =>
    gradientFlowPlot(
      [
        { norms: range(60).map((k) => 0.8 ** (59 - k)), label: "plain net" },
        { norms: range(60).map((k) => 0.995 ** (59 - k)), label: "ResNet" },
      ],
      { ...o, title: "Gradient flow" },
    ),
  weightsOverTime: (o) =>
    weightsOverTime(
      { times, values: times.flatMap((t) => range(6).map((k) => Math.sin(3 * t + k))) },
      { ...o, title: "K(t)" },
    ),
  montage: (o) =>
    montage(
      {
        count: 6,
        height: 12,
        width: 12,
        labels: range(6).map((k) => `k = ${k}`),
        values: range(6).flatMap((k) =>
          grid(range(12, -1, 1), range(12, -1, 1), (a, b) => 0.5 + 0.5 * Math.sin((k + 1) * (a * a + b * b) * 2)),
        ),
      },
      { ...o, title: "Six images", columns: 3 },
    ),
  confusionMatrix: (o) =>
    confusionMatrix(
      [
        [48, 2, 0],
        [3, 40, 7],
        [0, 5, 45],
      ],
      ["cat", "dog", "hen"],
      { ...o, title: "Taken for what" },
    ),
  networkDrawing: (o) =>
    networkDrawing(
      [
        { label: "input", detail: "1 × 28 × 28", shape: [1, 28, 28], color: 6 },
        { label: "dense", detail: "32", shape: 32, color: 1 },
        { label: "step 1", detail: "32", shape: 32 },
        { label: "step 2", detail: "32", shape: 32 },
        { label: "step 3", detail: "32", shape: 32 },
        { label: "linear", detail: "10", shape: 10, color: 2 },
      ],
      [1, 2, 3].map((k) => ({ from: k, to: k + 1 })),
      { ...o, title: "A small residual network" },
    ),
  panels: (o) =>
    panels(
      [samples.curves, samples.surface, samples.gradientFlow].map((f) => f as (o: FigureOptions) => string),
      { ...o, columns: 3, title: "Three panels" },
    ),
};
