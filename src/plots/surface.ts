/** A function of two variables: a heat map with contour lines and a colour bar (marching squares of d3-contour). */

import { contours } from "d3-contour";
import { nth } from "../core/nth.ts";
import type { Area } from "./area.ts";
import { axisScale, extent } from "./axis.ts";
import { type ColorMap, colorAt, type Rgb } from "./colors.ts";
import { text } from "./figure.ts";
import { type FrameOptions, frame } from "./frame.ts";
import { pixelImage } from "./pixels.ts";
import { element, number } from "./svg.ts";
import { textWidth } from "./theme.ts";

export interface Field {
  /** Values along the x-axis, equally spaced. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** At x[i], y[j], at i · y.length + j. */
  readonly values: ArrayLike<number>;
}

export interface SurfaceOptions extends FrameOptions {
  /** Default `"viridis"`. */
  colors?: ColorMap;
  /** Default `"linear"`. */
  scale?: "linear" | "log";
  /** Least and greatest value of the colours; default from the values. */
  range?: readonly [number, number];
  /** Number of contour lines, default 10; 0 for none. */
  levels?: number;
  /** Whether values are cells, drawn whole, rather than samples of a smooth function. */
  cells?: boolean;
  /** Points to mark. */
  marks?: readonly { readonly x: number; readonly y: number; readonly label?: string }[];
}

/** Heat map, contour lines, colour bar. */
export function surface(field: Field, options: SurfaceOptions = {}): string {
  const { colors = "viridis", scale = "linear", levels = 10, marks = [] } = options;
  const log = scale === "log";
  const [low, high] = options.range ?? extent(Array.from(field.values), log);
  const span = spread(low, high, log);
  const bar = axisScale({ scale, domain: [low, high] }, [low, high], [1, 0], 6);
  const labels = Math.max(1, ...bar.ticks.map((t) => textWidth(t.label, 0.92))) + 3.2;
  return frame(options, {
    xData: ends(field.x, options.cells),
    yData: ends(field.y, options.cells),
    aspect: 1,
    grid: false,
    rightSpace: labels,
    inside: (area) =>
      heat(field, area, (v) => colorAt(colors, span(v))) +
      (levels > 0 ? lines(field, area, levelValues(low, high, levels, log)) : "") +
      marks.map((m) => cross(area, m.x, m.y, m.label)).join(""),
    right: (area) => colorBar(area, colors, low, high, log),
  });
}

/** From one value to the next; of a single one, 1. */
const spacing = (values: ArrayLike<number>): number => (values.length > 1 ? nth(values, 1) - nth(values, 0) : 1);

function ends(values: ArrayLike<number>, cells = false): [number, number] {
  const [first, last] = [nth(values, 0), nth(values, values.length - 1)];
  const half = cells ? spacing(values) / 2 : 0;
  return [first - half, last + half];
}

function spread(low: number, high: number, log: boolean): (v: number) => number {
  if (!(high > low)) return () => 0.5;
  if (!log) return (v) => (v - low) / (high - low);
  return (v) => (v > 0 ? Math.log(v / low) / Math.log(high / low) : 0);
}

function levelValues(low: number, high: number, count: number, log: boolean): number[] {
  return Array.from({ length: count }, (_, k) => {
    const t = (k + 1) / (count + 1);
    return log ? low * (high / low) ** t : low + t * (high - low);
  });
}

/** Every value is a pixel centred on its point. */
function heat({ x, y, values }: Field, area: Area, color: (v: number) => Rgb): string {
  const dx = (area.x(nth(x, 0) + spacing(x)) - area.x(nth(x, 0))) / 2;
  const dy = (area.y(nth(y, 0)) - area.y(nth(y, 0) + spacing(y))) / 2;
  const left = area.x(nth(x, 0)) - dx;
  const top = area.y(nth(y, y.length - 1)) - dy;
  return pixelImage(
    {
      columns: x.length,
      rows: y.length,
      color: (c, r) => color(nth(values, c * y.length + (y.length - 1 - r))),
    },
    left,
    top,
    2 * dx * x.length,
    2 * dy * y.length,
  );
}

/** Contour lines: d3 counts pixels, whose centres lie at ½, 1½ … */
export function contourPaths({ x, y, values }: Field, area: Area, levels: readonly number[], closed = false): string[] {
  const [m, n] = [x.length, y.length];
  const grid = Array.from({ length: m * n }, (_, k) => nth(values, (k % m) * n + Math.floor(k / m)));
  const at = (from: ArrayLike<number>, t: number) => {
    const step = nth(from, 1) - nth(from, 0);
    return nth(from, 0) + (t - 0.5) * step;
  };
  return contours()
    .size([m, n])
    .thresholds([...levels])(grid)
    .map(({ coordinates }) =>
      coordinates
        .flat()
        .map((ring) => (closed ? [ring as [number, number][]] : openRing(ring as [number, number][], m, n)))
        .map((runs) =>
          runs
            .map((run) =>
              run
                .map(([a, b], k) => `${k === 0 ? "M" : "L"}${number(area.x(at(x, a)))} ${number(area.y(at(y, b)))}`)
                .join(""),
            )
            .join(""),
        )
        .join(""),
    );
}

/** d3 closes its rings along the border of the grid; lines end there. */
function openRing(ring: readonly [number, number][], m: number, n: number): [number, number][][] {
  const runs: [number, number][][] = [[]];
  const border = ([a, b]: readonly [number, number]) => a <= 0 || b <= 0 || a >= m || b >= n;
  for (const point of ring) {
    if (border(point)) runs.push([]);
    else runs[runs.length - 1]?.push([...point]);
  }
  return runs.filter((run) => run.length > 1);
}

function lines(field: Field, area: Area, levels: readonly number[]): string {
  return element(
    "g",
    { fill: "none", stroke: "#ffffff", "stroke-opacity": "0.55", "stroke-width": 0.8 * area.unit },
    ...contourPaths(field, area, levels)
      .filter((d) => d !== "")
      .map((d) => element("path", { d })),
  );
}

/** A cross in white on black, seen on every colour. */
export function cross(area: Area, x: number, y: number, label?: string): string {
  const [cx, cy, r] = [area.x(x), area.y(y), 5 * area.unit];
  const d = `M${number(cx - r)} ${number(cy)}L${number(cx + r)} ${number(cy)}M${number(cx)} ${number(cy - r)}L${number(cx)} ${number(cy + r)}`;
  const left = cx > area.left + 0.6 * area.width;
  return (
    element("path", { d, stroke: "#000000", "stroke-width": 3.6 * area.unit, "stroke-linecap": "round" }) +
    element("path", { d, stroke: "#ffffff", "stroke-width": 1.6 * area.unit, "stroke-linecap": "round" }) +
    (label
      ? text(label, cx + (left ? -1.6 : 1.6) * r, cy + 0.8 * r, {
          size: area.font,
          fill: "#ffffff",
          anchor: left ? "end" : "start",
          weight: 600,
        })
      : "")
  );
}

function colorBar(
  { left, top, width, height, font, theme }: Area,
  colors: ColorMap,
  low: number,
  high: number,
  log: boolean,
): string {
  const x = left + width + 0.8 * font;
  const wide = 0.9 * font;
  const scale = axisScale(
    { scale: log ? "log" : "linear", domain: [low, high] },
    [low, high],
    [top + height, top],
    Math.max(3, Math.round(height / (3 * font))),
  );
  const steps = 64;
  const image = pixelImage(
    { columns: 1, rows: steps, color: (_, r) => colorAt(colors, 1 - (r + 0.5) / steps) },
    x,
    top,
    wide,
    height,
  );
  return (
    image +
    element("rect", { x, y: top, width: wide, height, fill: "none", stroke: theme.muted, "stroke-width": 1 }) +
    scale.ticks
      .map((t) =>
        text(t.label, x + wide + 0.4 * font, scale(t.value) + 0.3 * font, {
          size: 0.92 * font,
          fill: theme.muted,
          anchor: "start",
        }),
      )
      .join("")
  );
}
