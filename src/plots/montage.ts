/** Many small images in a grid, in shades of grey or in colour. */

import { nth } from "../core/nth.ts";
import type { Rgb } from "./colors.ts";
import { figure, heading, text } from "./figure.ts";
import { pixelImage } from "./pixels.ts";
import { type FigureOptions, fontSize, themeOf } from "./theme.ts";

export interface Images {
  /** `count · channels · height · width` numbers from 0 to 1, channels first, as the data readers give them. */
  readonly values: ArrayLike<number>;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** 1 or 3, default 1. */
  readonly channels?: number;
  readonly labels?: readonly string[];
}

export interface MontageOptions extends FigureOptions {
  /** Images in a row, default near a square. */
  columns?: number;
}

export function montage(images: Images, options: MontageOptions = {}): string {
  const { values, count, height, width, channels = 1, labels } = images;
  const { columns = Math.ceil(Math.sqrt(count)), title } = options;
  const whole = options.width ?? 640;
  const theme = themeOf(options.theme);
  const font = fontSize(whole);
  const gap = 0.5 * font;
  const cell = (whole - gap * (columns + 1)) / columns;
  const tall = (cell * height) / width;
  const line = labels ? 1.4 * font : 0;
  const rows = Math.ceil(count / columns);
  const head = heading(title, whole, font, theme);
  const top = head.height || gap;
  const total = options.height ?? top + rows * (tall + line + gap);
  const size = width * height;
  const byte = (v: number) => Math.round(255 * Math.max(0, Math.min(1, v)));
  const cells = Array.from({ length: count }, (_, k) => {
    const x = gap + (k % columns) * (cell + gap);
    const y = top + Math.floor(k / columns) * (tall + line + gap);
    const color = (c: number, r: number): Rgb => {
      const at = k * channels * size + r * width + c;
      const channel = (i: number) => byte(nth(values, at + Math.min(i, channels - 1) * size));
      return [channel(0), channel(1), channel(2)];
    };
    const label = labels?.[k];
    return (
      pixelImage({ columns: width, rows: height, color }, x, y, cell, tall) +
      (label ? text(label, x + cell / 2, y + tall + 1.1 * font, { size: font, fill: theme.foreground }) : "")
    );
  });
  return figure(whole, total, theme, [head.svg, ...cells], title);
}
