/** A network as a chain of boxes, as high as they have channels and as wide as images are, with arcs for skips. */
import { nth } from "../core/nth.ts";
import { figure, heading, text } from "./figure.ts";
import { element, number } from "./svg.ts";
import { type FigureOptions, fontSize, seriesColor, themeOf } from "./theme.ts";

export interface Block {
  readonly label: string;
  /** Below the box: shape, parameters. */
  readonly detail?: string;
  /** Features, or channels × height × width. */
  readonly shape: number | readonly [number, number, number];
  /** Series number: layers of a kind have a colour. */
  readonly color?: number;
}

export interface Skip {
  /** Numbers of the blocks it leaves and enters. */
  readonly from: number;
  readonly to: number;
}

/** Boxes from left to right, broken into rows where there are many. */
export function networkDrawing(
  blocks: readonly Block[],
  skips: readonly Skip[] = [],
  options: FigureOptions = {},
): string {
  const width = options.width ?? 960;
  const theme = themeOf(options.theme);
  const font = fontSize(width);
  const pitch = 6.4 * font;
  const most = Math.max(2, Math.floor((width - 2 * font) / pitch));
  const rows = Math.ceil(blocks.length / most);
  const perRow = Math.ceil(blocks.length / rows);
  const spread = (width - 2 * font) / Math.min(perRow, blocks.length);
  const tall = 8.5 * font;
  const lines = Math.max(...blocks.map(({ detail }) => 1 + (detail ?? "").split("\n").filter(Boolean).length));
  const rowHeight = tall + (2.6 + 1.15 * lines) * font;
  const head = heading(options.title, width, font, theme);
  const top = head.height || font;
  const size = ({ shape }: Block): [number, number] => {
    const [channels, side] = typeof shape === "number" ? [shape, 1] : [shape[0], Math.max(shape[1], shape[2])];
    const h = Math.min(1, 0.12 + Math.log2(1 + channels) / 13) * tall;
    const w = typeof shape === "number" ? 0.9 * font : Math.min(1, 0.15 + Math.log2(1 + side) / 10) * 3.4 * font;
    return [w, h];
  };
  const center = (k: number): [number, number] => [
    font + spread * ((k % perRow) + 0.5),
    top + Math.floor(k / perRow) * rowHeight + 1.9 * font + tall / 2,
  ];
  const arrow = (k: number) => {
    if (k === 0) return "";
    const [x, y] = center(k);
    const [w] = size(nth(blocks, k));
    const from = k % perRow === 0 ? x - w / 2 - 0.9 * font : center(k - 1)[0] + size(nth(blocks, k - 1))[0] / 2;
    const to = x - w / 2 - 2;
    return element("path", {
      d: `M${number(from)} ${number(y)}L${number(to)} ${number(y)}M${number(to - 4)} ${number(y - 3)}L${number(to)} ${number(y)}L${number(to - 4)} ${number(y + 3)}`,
      fill: "none",
      stroke: theme.muted,
      "stroke-width": font / 11,
    });
  };
  const box = (block: Block, k: number) => {
    const [x, y] = center(k);
    const [w, h] = size(block);
    const color = seriesColor(theme, block.color ?? 0);
    const below = y + tall / 2 + 1.1 * font;
    const own = [block.label, ...(block.detail ?? "").split("\n").filter(Boolean)];
    return (
      element("rect", {
        x: x - w / 2,
        y: y - h / 2,
        width: w,
        height: h,
        rx: 2,
        fill: color,
        "fill-opacity": "0.3",
        stroke: color,
        "stroke-width": font / 9,
      }) +
      own
        .map((line, i) =>
          text(line, x, below + i * 1.15 * font, {
            size: (i === 0 ? 0.92 : 0.82) * font,
            fill: i === 0 ? theme.foreground : theme.muted,
          }),
        )
        .join("")
    );
  };
  const arc = ({ from, to }: Skip) => {
    const [[x0, y0], [x1, y1]] = [center(from), center(to)];
    if (y0 !== y1) return "";
    const high =
      y0 -
      Math.max(
        size(nth(blocks, from))[1],
        size(nth(blocks, to))[1],
        ...blocks.slice(from, to + 1).map((b) => size(b)[1]),
      ) /
        2;
    return element("path", {
      d: `M${number(x0)} ${number(y0 - size(nth(blocks, from))[1] / 2)}C${number(x0)} ${number(high - 2 * font)} ${number(x1)} ${number(high - 2 * font)} ${number(x1)} ${number(y1 - size(nth(blocks, to))[1] / 2)}`,
      fill: "none",
      stroke: seriesColor(theme, 1),
      "stroke-width": font / 8,
    });
  };
  const height = options.height ?? top + rows * rowHeight;
  return figure(
    width,
    height,
    theme,
    [head.svg, ...blocks.map((_, k) => arrow(k)), ...skips.map(arc), ...blocks.map(box)],
    options.title,
  );
}
