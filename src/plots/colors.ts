/** Maps from [0, 1] to colours: viridis for values, purple–white–orange for what has a sign. Both are safe for colour-blind readers. */

import { interpolateCividis, interpolatePuOr, interpolateViridis } from "d3-scale-chromatic";
import { parse, type Rgb } from "./rgb.ts";

export { css, mix, parse, type Rgb } from "./rgb.ts";

export type ColorMap = "viridis" | "cividis" | "diverging" | "gray";

const maps: Readonly<Record<ColorMap, (t: number) => string>> = {
  viridis: interpolateViridis,
  cividis: interpolateCividis,
  diverging: (t) => interpolatePuOr(1 - t),
  gray: (t) => `rgb(${[0, 0, 0].map(() => Math.round(255 * t)).join(", ")})`,
};

/** Steps of a map: more than eyes can tell, and with a byte a pixel. */
const STEPS = 254;

/** The colour at t, cut to [0, 1]. */
export function colorAt(map: ColorMap, t: number): Rgb {
  const within = Math.max(0, Math.min(1, Number.isFinite(t) ? t : 0));
  return parse(maps[map](Math.round(within * STEPS) / STEPS));
}
