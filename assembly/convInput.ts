/**
 * The cotangent of a convolution's input, dX = P*(dZ Wᵀ) (conv.ts): a convolution too, of dZ with the kernels turned round; with a
 * stride, one for each residue of positions, whose windows' rows and columns are alike.
 */
import { packTransposed } from "./panels";
import { fillTable, pixel, planeBytes, planesOf, planeWidth, setPlanes, tableBytes } from "./planes";
import { lanes, rowBytes } from "./rows";
import { groupProducts, wholeVectors } from "./windowProducts";
import { coveringSize, first, groupsOf, imagesAtOnce, Pair, placesBefore, second } from "./windows";

/** dx = β dx + P*(dz wᵀ). `scratch`: convScratch. */
export function conv_input<T extends number>(
  dx: usize,
  dz: usize,
  w: usize,
  scratch: usize,
  shape: usize,
  examples: u32,
  channels: u32,
  filters: u32,
  beta: i32,
): void {
  const h = first(shape, Pair.Image);
  const width = second(shape, Pair.Image);
  const groups = groupsOf(shape);
  const xRow = rowBytes<T>(channels);
  if (!wholeVectors<T>(groups, channels / groups) && beta == 0) memory.fill(dx, 0, usize(examples * h * width) * xRow);
  const sh = first(shape, Pair.Stride);
  const sw = second(shape, Pair.Stride);
  for (let g: u32 = 0; g < groups; g++) {
    for (let y: u32 = 0; y < min<u32>(sh, h); y++) {
      for (let x: u32 = 0; x < min<u32>(sw, width); x++) {
        residue<T>(dx, dz, w, scratch, shape, examples, channels, filters, beta, g, y, x);
      }
    }
  }
}

/** Window rows (or columns) that meet position y: residue, residue + stride …; so many of them. */
function meeting(y: u32, window: u32, stride: u32, padding: u32): u32 {
  const residue = (y + padding) % stride;
  return window > residue ? (window - residue + stride - 1) / stride : 0;
}

/** The same for one group and the positions (y, x), (y + stride, x), … : the window's rows and columns that they meet are alike. */
function residue<T extends number>(
  dx: usize,
  dz: usize,
  w: usize,
  scratch: usize,
  shape: usize,
  examples: u32,
  channels: u32,
  filters: u32,
  beta: i32,
  g: u32,
  y: u32,
  x: u32,
): void {
  const h = first(shape, Pair.Image);
  const wide = second(shape, Pair.Image);
  const kh = first(shape, Pair.Window);
  const kw = second(shape, Pair.Window);
  const sh = first(shape, Pair.Stride);
  const sw = second(shape, Pair.Stride);
  const ph = first(shape, Pair.Padding);
  const pw = second(shape, Pair.Padding);
  const oh = first(shape, Pair.Places);
  const ow = second(shape, Pair.Places);
  const groups = groupsOf(shape);
  const depth = channels / groups;
  const width = filters / groups;
  const images = imagesAtOnce(shape, examples);
  const xRow = rowBytes<T>(channels);
  const dRow = rowBytes<T>(depth);
  const above = placesBefore(kh, sh, ph);
  const before = placesBefore(kw, sw, pw);
  const height = coveringSize(kh, h, sh, ph);
  let free = setPlanes<T>(scratch, images, height, coveringSize(kw, wide, sw, pw), above, before, dz, oh, ow, filters);
  const line = usize(planeWidth) * pixel;
  const na = meeting(y, kh, sh, ph);
  const nb = meeting(x, kw, sw, pw);
  const k = na * nb * width;
  const ny = (h - y + sh - 1) / sh;
  const nx = (wide - x + sw - 1) / sw;
  const terms = free;
  const rows = fillTable(terms, na, line, nb, pixel, width, sizeof<T>());
  const to = rows + tableBytes(images * ny * nx);
  const own = to + tableBytes(images * ny * nx);
  const panels = own + tableBytes(images * ny * nx);
  free = panels + usize(k) * dRow;
  const part: usize = wholeVectors<T>(groups, depth) ? 0 : free;
  packTurned<T>(panels, w + usize(g * kh * kw * depth) * rowBytes<T>(width), shape, depth, width, y, x, na, nb);
  // The first place under the last of the window's rows that meet y, and so for columns.
  const firstRow = i32(above + (y + ph) / sh + 1 - na);
  const firstColumn = before + (x + pw) / sw + 1 - nb;
  const corner = usize(firstRow) * line + usize(firstColumn) * pixel + usize(g * width) * sizeof<T>();
  let tabled: u32 = 0;
  for (let e: u32 = 0; e < examples; e += images) {
    const count = min<u32>(images, examples - e);
    if (count != tabled) {
      fillTable(rows, ny, line, count, planeBytes(), nx, pixel);
      fillTable(to, ny, usize(sh * wide) * xRow, count, usize(h * wide) * xRow, nx, usize(sw) * xRow);
      fillTable(own, 1, 0, 1, 0, count * ny * nx, dRow);
      tabled = count;
    }
    const plane = planesOf(e, count) + corner;
    const out = dx + usize((e * h + y) * wide + x) * xRow + usize(g * depth) * sizeof<T>();
    groupProducts<T>(
      out,
      to,
      plane,
      rows,
      ny,
      count * nx,
      firstRow,
      1,
      na,
      nb * width,
      panels,
      0,
      depth,
      terms,
      part,
      own,
      beta,
    );
  }
}

/** Panels of the kernels transposed and turned round: row (a, b, filter) is channel by channel that of the a-th last row that meets y. */
function packTurned<T extends number>(
  panels: usize,
  w: usize,
  shape: usize,
  depth: u32,
  width: u32,
  y: u32,
  x: u32,
  na: u32,
  nb: u32,
): void {
  const kw = second(shape, Pair.Window);
  const sh = first(shape, Pair.Stride);
  const sw = second(shape, Pair.Stride);
  const row = (y + first(shape, Pair.Padding)) % sh;
  const column = (x + second(shape, Pair.Padding)) % sw;
  const wRow = rowBytes<T>(width);
  const vectors = u32(rowBytes<T>(depth) >> 4);
  const k = na * nb * width;
  for (let v: u32 = 0; v < vectors; v++) {
    const pair = v & ~1;
    const step = usize(pair + 1 < vectors ? 32 : 16);
    let panel = panels + (usize(pair * k) << 4) + (usize(v - pair) << 4);
    const channel = v * lanes<T>();
    for (let a = na; a > 0; a--) {
      for (let b = nb; b > 0; b--) {
        const place = (row + (a - 1) * sh) * kw + column + (b - 1) * sw;
        const from = w + usize(place * depth + channel) * wRow;
        packTransposed<T>(panel, step, from, wRow, min<u32>(lanes<T>(), depth - channel), width);
        panel += usize(width) * step;
      }
    }
  }
}
