/** Pixels as a PNG inside the SVG: a grid of colours at a byte a pixel instead of an element each (PNG, W3C 2003; stored deflate). */
import { toBase64 } from "../core/base64.ts";
import { crc32 } from "../core/crc32.ts";
import { nth } from "../core/nth.ts";
import { css, type Rgb } from "./colors.ts";
import { element } from "./svg.ts";

export interface Pixels {
  readonly columns: number;
  readonly rows: number;
  /** The colour at (column, row), row 0 on top. */
  color(column: number, row: number): Rgb;
}

/** An `<image>` that shows pixels as squares, or `smooth`ed. */
export function pixelImage(
  pixels: Pixels,
  x: number,
  y: number,
  width: number,
  height: number,
  smooth = false,
): string {
  return element("image", {
    x,
    y,
    width,
    height,
    preserveAspectRatio: "none",
    style: smooth ? undefined : "image-rendering:pixelated",
    href: `data:image/png;base64,${toBase64(png(pixels))}`,
  });
}

/** An indexed PNG where 256 colours are enough, else RGB. */
export function png({ columns, rows, color }: Pixels): Uint8Array {
  const palette = new Map<string, number>();
  const colors: Rgb[] = [];
  const indices = new Uint16Array(columns * rows);
  for (let r = 0, k = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++, k++) {
      const rgb = color(c, r);
      const key = css(rgb);
      if (!palette.has(key)) {
        palette.set(key, colors.length);
        colors.push(rgb);
      }
      indices[k] = palette.get(key) as number;
    }
  }
  const indexed = colors.length <= 256;
  const depth = indexed ? 1 : 3;
  const raw = new Uint8Array(rows * (1 + depth * columns));
  for (let r = 0, k = 0, at = 0; r < rows; r++) {
    at++;
    for (let c = 0; c < columns; c++, k++) {
      const index = nth(indices, k);
      if (indexed) raw[at++] = index;
      else for (const v of nth(colors, index)) raw[at++] = v;
    }
  }
  const header = [...bytes32(columns), ...bytes32(rows), 8, indexed ? 3 : 2, 0, 0, 0];
  return Uint8Array.from([
    ...[137, 80, 78, 71, 13, 10, 26, 10],
    ...chunk("IHDR", header),
    ...(indexed ? chunk("PLTE", colors.flat()) : []),
    ...chunk("IDAT", stored(raw)),
    ...chunk("IEND", []),
  ]);
}

const bytes32 = (n: number): number[] => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255);

function chunk(type: string, data: readonly number[]): number[] {
  const body = [...[...type].map((c) => c.charCodeAt(0)), ...data];
  return [...bytes32(data.length), ...body, ...bytes32(crc32(Uint8Array.from(body)))];
}

/** zlib with blocks that are not compressed. */
function stored(raw: Uint8Array): number[] {
  const out = [0x78, 0x01];
  for (let at = 0; at < raw.length; at += 65535) {
    const block = raw.subarray(at, at + 65535);
    const n = block.length;
    out.push(at + n >= raw.length ? 1 : 0, n & 255, n >> 8, ~n & 255, (~n >> 8) & 255);
    for (const b of block) out.push(b);
  }
  let a = 1;
  let b = 0;
  for (const v of raw) {
    a = (a + v) % 65521;
    b = (b + a) % 65521;
  }
  out.push(...bytes32(((b << 16) | a) >>> 0));
  return out;
}
