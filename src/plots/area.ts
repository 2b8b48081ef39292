/** The rectangle that a figure's data are drawn in: its grid, and its axes with their labels. */
import type { AxisScale } from "./axis.ts";
import { text } from "./figure.ts";
import { element } from "./svg.ts";
import { type Theme, textWidth } from "./theme.ts";

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

export function gridLines({ x, y, left, top, width, height, theme }: Area): string {
  const vertical = x.ticks.map(({ value }) => line(x(value), top, x(value), top + height));
  const horizontal = y.ticks.map(({ value }) => line(left, y(value), left + width, y(value)));
  return element("g", { stroke: theme.grid, "stroke-width": 1 }, ...vertical, ...horizontal);
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return element("line", { x1, y1, x2, y2 });
}

export function axes(
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
