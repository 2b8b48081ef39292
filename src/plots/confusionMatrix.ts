/** How often class i was taken for class j: rows are the true classes, each row's share is its colour. */
import { colorAt, css, mix, parse } from "./colors.ts";
import { figure, heading, text } from "./figure.ts";
import { element } from "./svg.ts";
import { type FigureOptions, fontSize, textWidth, themeOf } from "./theme.ts";

/** `counts[i][j]`: examples of class i that were taken for class j. */
export function confusionMatrix(
  counts: readonly ArrayLike<number>[],
  classes: readonly string[] = counts.map((_, k) => String(k)),
  options: FigureOptions = {},
): string {
  const width = options.width ?? 640;
  const theme = themeOf(options.theme);
  const font = fontSize(width);
  const n = counts.length;
  const left = 2.6 * font + Math.max(...classes.map((c) => textWidth(c, font)));
  const head = heading(options.title, width, font, theme);
  const top = head.height || 0.6 * font;
  const cell = (width - left - font) / n;
  const size = Math.min(font, cell / 1.4);
  const longest = Math.max(...classes.map((c) => textWidth(c, size)));
  const upright = longest > cell; // names that would run into one another stand beneath their columns
  const foot = 3.4 * font + (upright ? longest : 0);
  const height = options.height ?? top + n * cell + foot;
  const tall = (height - top - foot) / n;
  const paper = parse(theme.background);
  const cells = counts.flatMap((row, i) => {
    const total = Array.from(row).reduce((a, b) => a + b, 0) || 1;
    return Array.from(row, (count, j) => {
      const share = count / total;
      const fill =
        count === 0 ? theme.background : css(mix(colorAt("viridis", 0.15 + 0.75 * share), paper, 0.25 + 0.75 * share));
      const [x, y] = [left + j * cell, top + i * tall];
      const [r, g, b] = parse(fill);
      const dark = 0.3 * r + 0.59 * g + 0.11 * b < 140;
      const size = Math.min(font, cell / 2.6);
      return (
        element("rect", { x, y, width: cell, height: tall, fill, stroke: theme.grid, "stroke-width": 1 }) +
        (count > 0
          ? text(String(count), x + cell / 2, y + tall / 2 + 0.35 * size, { size, fill: dark ? "#ffffff" : "#111111" })
          : "")
      );
    });
  });
  const names = classes.map(
    (name, k) =>
      text(name, left - 0.5 * font, top + (k + 0.5) * tall + 0.33 * size, {
        size,
        fill: theme.foreground,
        anchor: "end",
      }) +
      (upright
        ? text(name, left + (k + 0.5) * cell + 0.33 * size, top + n * tall + 0.5 * font, {
            size,
            fill: theme.foreground,
            anchor: "end",
            rotate: -90,
          })
        : text(name, left + (k + 0.5) * cell, top + n * tall + 1.3 * font, { size, fill: theme.foreground })),
  );
  return figure(
    width,
    height,
    theme,
    [
      head.svg,
      ...cells,
      ...names,
      text("predicted class", left + (n * cell) / 2, top + n * tall + foot - 0.6 * font, {
        size: font,
        fill: theme.foreground,
      }),
      text("true class", 1.1 * font, top + (n * tall) / 2, { size: font, fill: theme.foreground, rotate: -90 }),
    ],
    options.title,
  );
}
