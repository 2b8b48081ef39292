/** What all figures share: a background, a title, axes with their labels around a clipped area, a legend below. */
import { type AxisOptions, type AxisScale, axisScale } from "./axis.ts";
import { element, escapeText } from "./svg.ts";
import { type FigureOptions, FONT, fontSize, seriesColor, type Theme, textWidth, themeOf, wrap } from "./theme.ts";

export interface Area {
  readonly x: AxisScale;
  readonly y: AxisScale;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly font: number;
  readonly theme: Theme;
  /** Relative size of marks and lines. */
  readonly unit: number;
}

export interface LegendEntry {
  readonly label: string;
  /** A colour, or the number of a series. */
  readonly color: string | number;
  readonly mark?: "line" | "dashed" | "dot" | "area";
}

export interface FrameOptions extends FigureOptions {
  x?: AxisOptions;
  y?: AxisOptions;
}

export interface FrameContent {
  readonly xData: readonly [number, number];
  readonly yData: readonly [number, number];
  /** Height of the area over its width: 1 for plots in the plane. */
  readonly aspect?: number;
  /** Same scale on both axes. */
  readonly equal?: boolean;
  readonly legend?: readonly LegendEntry[];
  /** Space to the right, for a colour bar, as a share of the width; `right` draws there. */
  readonly rightSpace?: number;
  readonly grid?: boolean;
  right?(area: Area): string;
  /** Inside the area, clipped. */
  inside(area: Area): string;
  /** Over the area, not clipped. */
  over?(area: Area): string;
}

const DEFAULT_WIDTH = 640;

/** A whole figure. */
export function frame(options: FrameOptions, content: FrameContent): string {
  const { width = DEFAULT_WIDTH, title, x = {}, y = {} } = options;
  const theme = themeOf(options.theme);
  const font = fontSize(width);
  const { legend = [] } = content;
  const rows = legendRows(legend, width - 2 * font, font);
  const head = heading(title, width, font, theme);
  const top = head.height || 0.9 * font;
  const below =
    1.5 * font + (x.label ? 1.5 * font : 0.3 * font) + rows.length * 1.5 * font + (rows.length > 0 ? 0.8 : 0.4) * font;
  const right = Math.max(0.9 * font, (content.rightSpace ?? 0) * font);
  const bare = 0.9 * font + (y.label ? 1.5 * font : 0);

  const countY = Math.max(3, Math.round(((content.aspect ?? 0.6) * width) / (5 * font)));
  const trial = axisScale(y, content.yData, [1, 0], countY);
  const left = bare + Math.max(...trial.ticks.map((t) => textWidth(t.label, 0.92 * font)), font);
  const areaWidth = width - left - right;
  const areaHeight = options.height !== undefined ? options.height - top - below : areaWidth * (content.aspect ?? 0.6);
  const height = options.height ?? Math.ceil(areaHeight + top + below);

  const [xData, yData] = content.equal
    ? equalScales(x.domain ?? content.xData, y.domain ?? content.yData, areaHeight / areaWidth)
    : [x.domain ?? content.xData, y.domain ?? content.yData];
  const countX = Math.max(2, Math.floor(areaWidth / (5.2 * font)));
  // Where both axes have one scale, they have one distance between ticks.
  const ticksY = content.equal ? Math.max(2, Math.round((countX * span(yData)) / span(xData))) : countY;
  const area: Area = {
    x: axisScale({ ...x, domain: xData }, xData, [left, left + areaWidth], countX),
    y: axisScale({ ...y, domain: yData }, yData, [top + areaHeight, top], ticksY),
    left,
    top,
    width: areaWidth,
    height: areaHeight,
    font,
    theme,
    unit: font / 13,
  };
  const clip = `area-${hash(`${title ?? ""} ${width} ${height} ${left} ${x.label ?? ""} ${y.label ?? ""}`)}`;
  return figure(
    width,
    height,
    theme,
    [
      element(
        "defs",
        {},
        element("clipPath", { id: clip }, element("rect", { x: left, y: top, width: areaWidth, height: areaHeight })),
      ),
      head.svg,
      content.grid === false ? "" : gridLines(area),
      element("g", { "clip-path": `url(#${clip})` }, content.inside(area)),
      axes(area, x.label, y.label, width),
      content.right?.(area) ?? "",
      content.over?.(area) ?? "",
      drawLegend(rows, height - rows.length * 1.5 * font - 0.05 * font, width, font, theme),
    ],
    title,
  );
}

const span = ([from, to]: readonly [number, number]): number => to - from;

/** The title of a figure, in as many lines as it needs, and the height it takes. */
export function heading(
  title: string | undefined,
  width: number,
  font: number,
  theme: Theme,
): { svg: string; height: number } {
  if (!title) return { svg: "", height: 0 };
  const size = 1.08 * font;
  const lines = wrap(title, 0.96 * width, 1.06 * size);
  const style = { size, weight: 600, fill: theme.foreground };
  const svg = lines.map((line, k) => text(line, width / 2, (1.45 + 1.35 * k) * font, style)).join("");
  return { svg, height: (0.95 + 1.35 * lines.length) * font };
}

/** The outer element, with its background. */
export function figure(
  width: number,
  height: number,
  theme: Theme,
  children: readonly string[],
  title?: string,
): string {
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${Math.round(width)} ${Math.round(height)}`,
      width: Math.round(width),
      height: Math.round(height),
      "font-family": FONT,
      role: "img",
    },
    ...(title ? [element("title", {}, escapeText(title))] : []),
    element("rect", { width: Math.round(width), height: Math.round(height), fill: theme.background }),
    ...children,
  );
}

export interface TextOptions {
  readonly size: number;
  readonly fill: string;
  readonly anchor?: "start" | "middle" | "end";
  readonly weight?: number;
  readonly rotate?: number;
}

/** One line of text. */
export function text(
  value: string,
  x: number,
  y: number,
  { size, fill, anchor = "middle", weight, rotate }: TextOptions,
): string {
  return element(
    "text",
    {
      x,
      y,
      "font-size": size,
      fill,
      "text-anchor": anchor === "start" ? undefined : anchor,
      "font-weight": weight,
      transform: rotate === undefined ? undefined : `rotate(${rotate} ${x.toFixed(2)} ${y.toFixed(2)})`,
    },
    escapeText(value),
  );
}

function gridLines({ x, y, left, top, width, height, theme }: Area): string {
  const vertical = x.ticks.map(({ value }) => line(x(value), top, x(value), top + height));
  const horizontal = y.ticks.map(({ value }) => line(left, y(value), left + width, y(value)));
  return element("g", { stroke: theme.grid, "stroke-width": 1 }, ...vertical, ...horizontal);
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return element("line", { x1, y1, x2, y2 });
}

function axes(
  { x, y, left, top, width, height, theme, font }: Area,
  xLabel: string | undefined,
  yLabel: string | undefined,
  whole: number,
): string {
  const bottom = top + height;
  const small = 0.92 * font;
  const tickText = { size: small, fill: theme.muted };
  const inX = (v: number) => x(v) >= left - 0.5 && x(v) <= left + width + 0.5;
  const inY = (v: number) => y(v) >= top - 0.5 && y(v) <= bottom + 0.5;
  return element(
    "g",
    {},
    element("rect", { x: left, y: top, width, height, fill: "none", stroke: theme.muted, "stroke-width": 1 }),
    ...x.ticks
      .filter((t) => inX(t.value))
      .map((t) => {
        const half = textWidth(t.label, small) / 2;
        return text(t.label, Math.min(x(t.value), whole - half - 1), bottom + 1.25 * font, tickText);
      }),
    ...y.ticks
      .filter((t) => inY(t.value))
      .map((t) => text(t.label, left - 0.4 * font, y(t.value) + 0.33 * small, { ...tickText, anchor: "end" })),
    xLabel ? text(xLabel, left + width / 2, bottom + 2.65 * font, { size: font, fill: theme.foreground }) : "",
    yLabel ? text(yLabel, 1.1 * font, top + height / 2, { size: font, fill: theme.foreground, rotate: -90 }) : "",
  );
}

function equalScales(
  [x0, x1]: readonly [number, number],
  [y0, y1]: readonly [number, number],
  ratio: number,
): [[number, number], [number, number]] {
  const perPixel = Math.max(x1 - x0, (y1 - y0) / ratio);
  const [mx, my] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return [
    [mx - perPixel / 2, mx + perPixel / 2],
    [my - (perPixel * ratio) / 2, my + (perPixel * ratio) / 2],
  ];
}

/** Entries in as many lines as the width needs. */
function legendRows(entries: readonly LegendEntry[], width: number, font: number): LegendEntry[][] {
  const rows: LegendEntry[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const own = entryWidth(entry, font);
    if (used + own > width) {
      rows.push([]);
      used = 0;
    }
    rows[rows.length - 1]?.push(entry);
    used += own;
  }
  return rows;
}

const entryWidth = ({ label }: LegendEntry, font: number): number => textWidth(label, font) + 3.2 * font;

function drawLegend(rows: readonly LegendEntry[][], top: number, width: number, font: number, theme: Theme): string {
  return rows
    .map((row, r) => {
      const total = row.reduce((sum, entry) => sum + entryWidth(entry, font), 0);
      let x = (width - total) / 2 + 0.4 * font;
      const y = top + r * 1.5 * font + 0.5 * font;
      return row
        .map((entry) => {
          const at = x;
          x += entryWidth(entry, font);
          return (
            mark({ ...entry, color: resolved(entry, theme) }, at, y, font) +
            text(entry.label, at + 2 * font, y + 0.33 * font, { size: font, fill: theme.foreground, anchor: "start" })
          );
        })
        .join("");
    })
    .join("");
}

const resolved = ({ color }: LegendEntry, theme: Theme): string =>
  typeof color === "number" ? seriesColor(theme, color) : color;

function mark(
  { color, mark: kind = "line" }: LegendEntry & { color: string },
  x: number,
  y: number,
  font: number,
): string {
  if (kind === "dot") return element("circle", { cx: x + 0.9 * font, cy: y, r: 0.33 * font, fill: color });
  if (kind === "area")
    return element("rect", { x: x + 0.4 * font, y: y - 0.4 * font, width: font, height: 0.8 * font, fill: color });
  const dash = kind === "dashed" ? `${0.4 * font} ${0.3 * font}` : undefined;
  return element("line", {
    x1: x,
    x2: x + 1.6 * font,
    y1: y,
    y2: y,
    stroke: color,
    "stroke-width": 0.17 * font,
    "stroke-dasharray": dash,
  });
}

/** A short name from a text, the same every time. */
export function hash(value: string): string {
  let h = 2166136261;
  for (const c of value) h = Math.imul(h ^ (c.codePointAt(0) ?? 0), 16777619);
  return (h >>> 0).toString(36);
}
