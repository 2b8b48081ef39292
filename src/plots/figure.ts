/** What every figure is made of: the outer element with its background, a title, lines of text. */
import { element, escapeText } from "./svg.ts";
import { FONT, type Theme, wrap } from "./theme.ts";

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
