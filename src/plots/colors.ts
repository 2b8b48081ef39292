/** Maps from [0, 1] to colours: viridis for values, purple–white–orange for what has a sign. Both are safe for colour-blind readers. */

import { interpolateCividis, interpolatePuOr, interpolateViridis } from "d3-scale-chromatic";
import { nth } from "../core/nth.ts";

export type ColorMap = "viridis" | "cividis" | "diverging" | "gray";

const maps: Readonly<Record<ColorMap, (t: number) => string>> = {
  viridis: interpolateViridis,
  cividis: interpolateCividis,
  diverging: (t) => interpolatePuOr(1 - t),
  gray: (t) => `rgb(${[0, 0, 0].map(() => Math.round(255 * t)).join(", ")})`,
};

export type Rgb = readonly [number, number, number];

/** Steps of a map: more than eyes can tell, and with a byte a pixel. */
const STEPS = 254;

/** The colour at t, cut to [0, 1]. */
export function colorAt(map: ColorMap, t: number): Rgb {
  const within = Math.max(0, Math.min(1, Number.isFinite(t) ? t : 0));
  return parse(maps[map](Math.round(within * STEPS) / STEPS));
}

export function parse(color: string): Rgb {
  const hex = /^#?([0-9a-f]{6})$/i.exec(color)?.[1];
  if (hex) return [0, 2, 4].map((k) => Number.parseInt(hex.slice(k, k + 2), 16)) as unknown as Rgb;
  const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return [Math.round(r), Math.round(g), Math.round(b)];
}

export function css([r, g, b]: Rgb): string {
  return `#${[r, g, b].map((v) => Math.round(v).toString(16).padStart(2, "0")).join("")}`;
}

/** A share of `a` in `b`. */
export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return [0, 1, 2].map((k) => share * nth(a, k) + (1 - share) * nth(b, k)) as unknown as Rgb;
}
