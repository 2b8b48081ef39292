/**
 * ẏ = A y: grows for Re λ > 0, decays for Re λ < 0, circles for Re λ = 0. And why J must change slowly: for
 * A(t) = [[−1 + 1.5 cos²t, 1 − 1.5 sin t cos t], [−1 − 1.5 sin t cos t, −1 + 1.5 sin²t]] the eigenvalues are (−1 ± i√7)/4 at all
 * times, and y(t) = e^{t/2} (−cos t, sin t) is a solution (Ascher & Petzold 1998, example 2.2).
 */

import { eigenvalues } from "../analysis/index.ts";
import { nth } from "../core/nth.ts";
import { curves, type FigureOptions, panels, trajectoryPlot } from "../plots/index.ts";
import type { Experiment } from "./experiment.ts";

type Matrix = readonly [number, number, number, number];
type Vector = readonly [number, number];

const apply = ([a, b, c, d]: Matrix, [x, y]: Vector): Vector => [a * x + b * y, c * x + d * y];

/** rk4 with n steps; all points on the way. */
function solve(A: (t: number) => Matrix, start: Vector, T: number, n: number): Vector[] {
  const h = T / n;
  const plus = (y: Vector, c: number, k: Vector): Vector => [y[0] + c * k[0], y[1] + c * k[1]];
  const path: Vector[] = [start];
  let y = start;
  for (let j = 0; j < n; j++) {
    const t = j * h;
    const k1 = apply(A(t), y);
    const k2 = apply(A(t + h / 2), plus(y, h / 2, k1));
    const k3 = apply(A(t + h / 2), plus(y, h / 2, k2));
    const k4 = apply(A(t + h), plus(y, h, k3));
    y = [0, 1].map(
      (i) => nth(y, i) + (h / 6) * (nth(k1, i) + 2 * nth(k2, i) + 2 * nth(k3, i) + nth(k4, i)),
    ) as unknown as Vector;
    path.push(y);
  }
  return path;
}

const portraits: Readonly<Record<string, Matrix>> = {
  "Re λ > 0: grows": [0.2, 1, -1, 0.2],
  "Re λ < 0: decays": [-0.2, 1, -1, -0.2],
  "Re λ = 0: circles": [0, 1, -1, 0],
  "one of each: saddle": [0.5, 0, 0, -0.5],
};

export function turning(t: number): Matrix {
  const [c, s] = [Math.cos(t), Math.sin(t)];
  return [-1 + 1.5 * c * c, 1 - 1.5 * s * c, -1 - 1.5 * s * c, -1 + 1.5 * s * s];
}

function portrait(A: Matrix, title: string) {
  const arrows = Array.from({ length: 121 }, (_, k) => [-2 + 0.4 * Math.floor(k / 11), -2 + 0.4 * (k % 11)] as const);
  const flow = arrows.map((p) => apply(A, p));
  return (own: FigureOptions) =>
    trajectoryPlot(
      Array.from({ length: 6 }, (_, k) => {
        const angle = (k * Math.PI) / 3 + 0.3;
        const path = solve(() => A, [Math.cos(angle), Math.sin(angle)], 5, 200);
        return { x: path.map((p) => p[0]), y: path.map((p) => p[1]), class: 0 };
      }),
      {
        ...own,
        title,
        x: { label: "y₁", domain: [-2, 2] },
        y: { label: "y₂", domain: [-2, 2] },
        field: {
          x: arrows.map((p) => p[0]),
          y: arrows.map((p) => p[1]),
          u: flow.map((p) => p[0]),
          v: flow.map((p) => p[1]),
        },
      },
    );
}

export const odeCrashCourse: Experiment = {
  name: "ode-crash-course",
  title: "Eigenvalues tell what a linear differential equation does, if they may",
  see: "Solutions grow, decay or circle as the real parts of the eigenvalues say. But where A(t) turns as fast as the solution, it grows as e^{t/2} although the eigenvalues have the real part −1/4 at all times: eigenvalues count only where J changes slowly.",
  async run(options = {}) {
    const { seed: _seed, quick: _quick, ...look } = options;
    const path = solve(turning, [-1, 0], 10, 4000);
    const norms = path.map((p) => Math.hypot(...p));
    const times = path.map((_, k) => k / 400);
    const spectra = [0, 1, 2.5, 7].map((t) => eigenvalues([[...turning(t).slice(0, 2)], [...turning(t).slice(2)]]));
    const every = (_: unknown, k: number) => k % 20 === 0;
    return {
      numbers: {
        eigenvalues: Object.fromEntries(
          Object.entries(portraits).map(([name, [a, b, c, d]]) => [name, eigenvalues([a, b, c, d])]),
        ),
        eigenvaluesOfTheTurningMatrix: spectra[0],
        theirLargestChange: Math.max(
          ...spectra.map((s) => Math.abs((s[0]?.re ?? 0) + 0.25) + Math.abs((s[0]?.im ?? 0) - Math.sqrt(7) / 4)),
        ),
        normAtTen: norms.at(-1),
        exact: Math.exp(5),
      },
      figures: {
        portraits: panels(
          Object.entries(portraits).map(([title, A]) => portrait(A, title)),
          { width: 1200, ...look, columns: 4, title: "ẏ = A y: ring = start, dot = t = 5" },
        ),
        turning: panels(
          [
            (own) =>
              trajectoryPlot([{ x: path.map((p) => p[0]).filter(every), y: path.map((p) => p[1]).filter(every) }], {
                ...own,
                title: "The solution from (−1, 0)",
                x: { label: "y₁" },
                y: { label: "y₂" },
              }),
            (own) =>
              curves(
                [
                  { x: times.filter(every), y: norms.filter(every), label: "‖y(t)‖ = exp(t/2)" },
                  {
                    x: times.filter(every),
                    y: times.filter(every).map((t) => Math.exp(-t / 4)),
                    label: "what Re λ = −1/4 suggests",
                    style: "dashed",
                  },
                ],
                {
                  ...own,
                  ...(own.width === undefined ? {} : { height: own.width }), // as tall as the path beside it
                  title: "It grows",
                  x: { label: "time t" },
                  y: { label: "norm", scale: "log" },
                },
              ),
          ],
          { width: 960, ...look, least: 320, title: "A(t) with eigenvalues (−1 ± i√7)/4 at all times" },
        ),
      },
    };
  },
};
