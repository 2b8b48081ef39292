/** Colours as three numbers from 0 to 255. */
import { nth } from "../core/nth.ts";

export type Rgb = readonly [number, number, number];

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
