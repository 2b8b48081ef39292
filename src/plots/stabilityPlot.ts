/** {z : |R(z)| ≤ 1} of one or several methods in the complex plane, with eigenvalues hλ over it; segments are drawn as lines. */

import { nth } from "../core/nth.ts";
import { extent } from "./axis.ts";
import { type FrameOptions, frame } from "./frame.ts";
import type { LegendEntry } from "./legend.ts";
import { contourPaths } from "./surface.ts";
import { element } from "./svg.ts";
import { seriesColor } from "./theme.ts";

export interface Region {
  readonly re: ArrayLike<number>;
  readonly im: ArrayLike<number>;
  /** |R| at re[i], im[j], at i · im.length + j. */
  readonly amplification: ArrayLike<number>;
  readonly segments?: readonly { readonly from: { re: number; im: number }; readonly to: { re: number; im: number } }[];
  readonly label?: string;
  /** Series number, default its place. */
  readonly color?: number;
}

export interface EigenvalueSet {
  readonly values: readonly { readonly re: number; readonly im: number }[];
  readonly label?: string;
  readonly color?: number;
}

const MANY = 200;

export function stabilityPlot(
  regions: readonly Region[],
  sets: readonly EigenvalueSet[] = [],
  options: FrameOptions = {},
): string {
  const first = nth(regions, 0);
  const legend: LegendEntry[] = [
    ...regions.flatMap((r, k): LegendEntry[] =>
      r.label ? [{ label: r.label, color: r.color ?? k, mark: r.segments?.length ? "line" : "area" }] : [],
    ),
    ...sets.flatMap((s, k): LegendEntry[] =>
      s.label ? [{ label: s.label, color: s.color ?? regions.length + k, mark: "dot" }] : [],
    ),
  ];
  return frame(
    { ...options, x: { label: "Re hλ", ...options.x }, y: { label: "Im hλ", ...options.y } },
    {
      xData: extent(Array.from(first.re)),
      yData: extent(Array.from(first.im)),
      aspect: 1,
      equal: true,
      legend,
      inside(area) {
        const { x, y, theme, unit } = area;
        const axis = (x1: number, y1: number, x2: number, y2: number) =>
          element("line", { x1, y1, x2, y2, stroke: theme.muted, "stroke-width": unit });
        return (
          regions.map((r, k) => drawRegion(r, seriesColor(theme, r.color ?? k))).join("") +
          axis(x(0), area.top, x(0), area.top + area.height) +
          axis(area.left, y(0), area.left + area.width, y(0)) +
          regions.map((r, k) => drawSegments(r, seriesColor(theme, r.color ?? k))).join("") +
          sets.map((s, k) => drawEigenvalues(s, seriesColor(theme, s.color ?? regions.length + k))).join("")
        );

        function drawRegion({ re, im, amplification, segments }: Region, color: string): string {
          if (segments?.length) return "";
          // Inside is where |R| is small: the contour of −|R| above −1.
          const values = Array.from(amplification, (r) => -Math.min(r, 4));
          const d = contourPaths({ x: re, y: im, values }, area, [-1 - 1e-9], true)[0] ?? "";
          return element("path", {
            d,
            fill: color,
            "fill-opacity": "0.16",
            "fill-rule": "evenodd",
            stroke: color,
            "stroke-width": 1.6 * unit,
          });
        }

        /** A cloud is one path of round points: a third of the text of as many circles. */
        function drawEigenvalues({ values }: EigenvalueSet, color: string): string {
          if (values.length > MANY) {
            return element("path", {
              d: values.map((z) => `M${x(z.re).toFixed(1)} ${y(z.im).toFixed(1)}h0`).join(""),
              stroke: color,
              "stroke-width": 3 * unit,
              "stroke-linecap": "round",
              "stroke-opacity": "0.75",
            });
          }
          const look = { fill: color, stroke: theme.background, "stroke-width": 0.4 * unit };
          return element(
            "g",
            values.length > 60 ? { ...look, "fill-opacity": "0.6" } : look,
            ...values.map((z) => element("circle", { cx: x(z.re), cy: y(z.im), r: 2.6 * unit })),
          );
        }

        function drawSegments({ segments = [] }: Region, color: string): string {
          return segments
            .map(({ from, to }) =>
              element("line", {
                x1: x(from.re),
                y1: y(from.im),
                x2: x(to.re),
                y2: y(to.im),
                stroke: color,
                "stroke-width": 4 * unit,
                "stroke-linecap": "round",
              }),
            )
            .join("");
        }
      },
    },
  );
}
