/** Several figures side by side under one title. */
import { figure, heading } from "./figure.ts";
import { type FigureOptions, fontSize, themeOf } from "./theme.ts";

export interface PanelOptions extends FigureOptions {
  /** Figures in a row, default 2; fewer where one would be narrower than `least` pixels. */
  columns?: number;
  /** Default 240. */
  least?: number;
}

/** Least size of a panel's type against that of the whole: smaller panels are drawn at a smaller width and enlarged. */
const LEAST_TYPE = 0.72;

/** `draw(width)` makes one figure of that width; all of a row are as tall as the tallest. */
export function panels(figures: readonly ((options: FigureOptions) => string)[], options: PanelOptions = {}): string {
  const { width = 960, columns = 2, least = 240, title } = options;
  const theme = themeOf(options.theme);
  const font = fontSize(width);
  const across = Math.max(1, Math.min(columns, Math.floor(width / least)));
  const each = Math.floor(width / across);
  const head = heading(title, width, 1.1 * font, theme);
  const top = head.height;
  const zoom = Math.max(1, (LEAST_TYPE * font) / fontSize(each));
  const drawn = figures.map((draw) => draw({ width: Math.round(each / zoom), theme: theme.name }));
  const heights = drawn.map((svg) => Math.round(zoom * Number(/ height="([\d.]+)"/.exec(svg)?.[1] ?? 0)));
  const rows = Math.ceil(drawn.length / across);
  let y = top;
  const placed: string[] = [];
  for (let r = 0; r < rows; r++) {
    const row = drawn.slice(r * across, (r + 1) * across);
    const offset = (width - across * each) / 2;
    row.forEach((svg, k) => {
      const inner = svg.replace(/area-(\w+)/g, `area-$1-${r}-${k}`);
      const size = `width="${each}" height="${heights[r * across + k]}"`;
      placed.push(
        inner
          .replace(/ width="[\d.]+" height="[\d.]+"/, ` ${size}`)
          .replace("<svg ", `<svg x="${offset + k * each}" y="${Math.round(y)}" `),
      );
    });
    y += Math.max(...heights.slice(r * across, (r + 1) * across));
  }
  return figure(width, y, theme, [head.svg, ...placed], title);
}
