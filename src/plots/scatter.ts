/** Examples in the plane by class, over the regions that a classifier gives them. */

import { nth } from "../core/nth.ts";
import type { Area } from "./area.ts";
import { extent, padded } from "./axis.ts";
import { mix, parse } from "./colors.ts";
import { type FrameOptions, frame } from "./frame.ts";
import { pixelImage } from "./pixels.ts";
import { element } from "./svg.ts";
import { seriesColor } from "./theme.ts";

export interface Points {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Class of each point. */
  readonly classes?: ArrayLike<number>;
}

/** Classes (or a probability of the class shown) on a grid: at x[i], y[j], at i · y.length + j. */
export interface Regions {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly classes: ArrayLike<number>;
  /** How sure the classifier is, from 0 to 1; default 1. */
  readonly certainty?: ArrayLike<number>;
}

export interface ScatterOptions extends FrameOptions {
  regions?: Regions;
  /** Names of the classes, for the legend. */
  classes?: readonly string[];
  /** Radius of a point, relative, default 1. */
  size?: number;
}

export function scatter(points: Points, options: ScatterOptions = {}): string {
  const { regions, classes = [], size = 1 } = options;
  const from = regions ?? points;
  return frame(options, {
    xData: regions ? extent(Array.from(from.x)) : padded(extent(Array.from(points.x))),
    yData: regions ? extent(Array.from(from.y)) : padded(extent(Array.from(points.y))),
    aspect: 1,
    grid: !regions,
    legend: classes.map((label, k) => ({ label, color: k, mark: "dot" })),
    inside: (area) => (regions ? background(regions, area) : "") + dots(points, area, size),
  });
}

/** One circle a point, in its class's colour with a rim that parts neighbours. */
export function dots({ x, y, classes }: Points, { x: sx, y: sy, theme, unit }: Area, size = 1): string {
  const groups = new Map<number, string[]>();
  for (let i = 0; i < x.length; i++) {
    const c = classes?.[i] ?? 0;
    const list = groups.get(c) ?? [];
    list.push(element("circle", { cx: sx(nth(x, i)), cy: sy(nth(y, i)), r: 2.9 * unit * size }));
    groups.set(c, list);
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([c, list]) =>
      element(
        "g",
        { fill: seriesColor(theme, c), stroke: theme.background, "stroke-width": 0.5 * unit * size },
        ...list,
      ),
    )
    .join("");
}

function background({ x, y, classes, certainty }: Regions, area: Area): string {
  const paper = parse(area.theme.background);
  const dx = (area.x(nth(x, 1)) - area.x(nth(x, 0))) / 2;
  const dy = (area.y(nth(y, 0)) - area.y(nth(y, 1))) / 2;
  return pixelImage(
    {
      columns: x.length,
      rows: y.length,
      color(c, r) {
        const k = c * y.length + (y.length - 1 - r);
        // Few steps, so that a byte a pixel is enough.
        const share = 0.08 + 0.3 * (Math.round(12 * (certainty?.[k] ?? 1)) / 12);
        return mix(parse(seriesColor(area.theme, nth(classes, k))), paper, share);
      },
    },
    area.x(nth(x, 0)) - dx,
    area.y(nth(y, y.length - 1)) - dy,
    2 * dx * x.length,
    2 * dy * y.length,
  );
}
