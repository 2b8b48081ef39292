/** What the marks of a figure mean, below it, in as many lines as the width needs. */
import { text } from "./figure.ts";
import { element } from "./svg.ts";
import { seriesColor, type Theme, textWidth } from "./theme.ts";

export interface LegendEntry {
  readonly label: string;
  /** A colour, or the number of a series. */
  readonly color: string | number;
  readonly mark?: "line" | "dashed" | "dot" | "area";
}

/** Entries in as many lines as the width needs. */
export function legendRows(entries: readonly LegendEntry[], width: number, font: number): LegendEntry[][] {
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

export function drawLegend(
  rows: readonly LegendEntry[][],
  top: number,
  width: number,
  font: number,
  theme: Theme,
): string {
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
