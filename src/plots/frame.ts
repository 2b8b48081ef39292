/** What all figures share: a background, a title, axes with their labels around a clipped area, a legend below. */
import { type Area, axes, gridLines } from "./area.ts";
import { type AxisOptions, axisScale } from "./axis.ts";
import { figure, heading } from "./figure.ts";
import { drawLegend, type LegendEntry, legendRows } from "./legend.ts";
import { element } from "./svg.ts";
import { type FigureOptions, fontSize, textWidth, themeOf } from "./theme.ts";

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

/** A short name from a text, the same every time. */
export function hash(value: string): string {
  let h = 2166136261;
  for (const c of value) h = Math.imul(h ^ (c.codePointAt(0) ?? 0), 16777619);
  return (h >>> 0).toString(36);
}
