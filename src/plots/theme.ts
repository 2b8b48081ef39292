/**
 * Colours and type of a figure. Series are told apart by the palette of Okabe & Ito (2008), which colour-blind readers can
 * tell apart too; values are shown with viridis, differences in sign with purple to orange.
 */

import { OdenetError } from "../core/errors.ts";
import { nth } from "../core/nth.ts";

export interface Theme {
  readonly name: "light" | "dark";
  readonly background: string;
  readonly foreground: string;
  /** Ticks and their labels. */
  readonly muted: string;
  readonly grid: string;
  /** Series, in order. */
  readonly series: readonly string[];
}

const light: Theme = {
  name: "light",
  background: "#ffffff",
  foreground: "#1b1f24",
  muted: "#57606a",
  grid: "#e6e8eb",
  series: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#3a9bd1", "#5c5c5c", "#a23b1e"],
};

const dark: Theme = {
  name: "dark",
  background: "#0f1419",
  foreground: "#e8eaed",
  muted: "#a7b0ba",
  grid: "#2a323b",
  series: ["#56b4e9", "#e69f00", "#20c997", "#e08fc0", "#f0e442", "#4f8fd0", "#bbbbbb", "#ff7f50"],
};

export const themes = { light, dark };
export type ThemeName = keyof typeof themes;

/** What every figure takes. */
export interface FigureOptions {
  /** Pixels, default 640. */
  width?: number;
  /** Pixels, default from the width. */
  height?: number;
  /** Default `"light"`. */
  theme?: ThemeName;
  title?: string;
}

export function themeOf(name: ThemeName = "light"): Theme {
  const found = themes[name];
  if (!found) throw new OdenetError("name", `figure: expected theme to be light or dark, got ${String(name)}.`);
  return found;
}

/** The colour of series k. */
export function seriesColor({ series }: Theme, k: number): string {
  return nth(series, k % series.length);
}

/** Names without quotes, which resvg misreads. */
export const FONT = "system-ui, -apple-system, Segoe UI, Roboto, DejaVu Sans, sans-serif";

/** Type grows with the figure: 10 pixels at 300, 13 at 640, 16 at 1,200. */
export function fontSize(width: number): number {
  return Math.max(10, Math.min(16, 7.2 + width / 110));
}

/** Pixels that a text takes, near enough: there is no DOM to ask. */
export function textWidth(text: string, size: number): number {
  return [...text].length * size * 0.56;
}

/** A text in lines that fit a width, broken between words. */
export function wrap(text: string, width: number, size: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = lines.length > 0 ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length > 0 && textWidth(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
