/**
 * Convolution (cross-correlation) of images, channels innermost: rows are (example, row, column), columns are channels.
 *
 *   forward           Z  = P(X) W                one row of P(X) for each place: the numbers under the window
 *   input cotangent   dX = P*(dZ Wᵀ)             P* adds every number back to where it was taken from
 *   weight gradient   dW = P(X)ᵀ dZ              summed over examples in shards
 *
 * P(X) is never made: tiles read X through tables of offsets (indirect.ts; Dukhan 2019, "The Indirect Convolution Algorithm"),
 * in place or, where windows reach beyond the image, in a copy with zeros around. The input cotangent is a convolution too, of
 * dZ with the kernels turned round; with a stride, one for each residue of positions. W holds, group after group, a matrix of
 * (window row, window column, channel) × filters of the group. Every sum is in an order that depends on the shape alone.
 */
import { indirect1, indirect2 } from "./indirect";
import { Planes } from "./opcodes";
import { packRows, packTransposed } from "./panels";
import { copyPlanes, fillTable, tableBytes } from "./planes";
import { lanes, rowBytes } from "./rows";
import {
  coveredSize,
  coveringSize,
  first,
  groupsOf,
  imagesAtOnce,
  kernelBytes,
  Pair,
  placesBefore,
  second,
} from "./windows";

/** Fewer rows than this do not pay for a copy of the kernels. */
const ROWS_TO_PACK: u32 = 12;
/** Rows of up to this many bytes in all are read in place. */
const DIRECT_BYTES: usize = 16384;

// The planes of the kernel that runs: see setPlanes.
let source: usize = 0;
let copies: usize = 0;
let copied: bool = false;
let planeHeight: u32 = 0;
let planeWidth: u32 = 0;
let top: u32 = 0;
let left: u32 = 0;
let imageHeight: u32 = 0;
let imageWidth: u32 = 0;
let pixel: usize = 0;

/**
 * Prepares planes of `pHeight` × `pWidth` pixels of the images at x of `height` × `width`, with `above` rows and `before` pixels of
 * zeros before them. Where nothing is needed around them, the images are the planes. Returns where the scratch goes on.
 */
function setPlanes<T extends number>(
  scratch: usize,
  images: u32,
  pHeight: u32,
  pWidth: u32,
  above: u32,
  before: u32,
  x: usize,
  height: u32,
  width: u32,
  columns: u32,
): usize {
  source = x;
  copies = scratch;
  copied = above != 0 || before != 0 || pHeight > height || pWidth > width;
  planeHeight = copied ? pHeight : height;
  planeWidth = copied ? pWidth : width;
  top = above;
  left = before;
  imageHeight = height;
  imageWidth = width;
  pixel = rowBytes<T>(columns);
  if (!copied) return scratch;
  const size = usize(images) * planeBytes();
  memory.fill(scratch, 0, size);
  return scratch + size;
}

/** Bytes from one plane to the next. */
function planeBytes(): usize {
  return usize(planeHeight * planeWidth) * pixel;
}

/** The planes of images [from, from + count). */
function planesOf(from: u32, count: u32): usize {
  const x = source + usize(from * imageHeight * imageWidth) * pixel;
  if (!copied) return x;
  copyPlanes(copies, planeHeight, planeWidth, top, left, x, count, imageHeight, imageWidth, pixel);
  return copies;
}

/**
 * C = β C + A B for m rows by their tables, from term `skip` on. B's `vectors` columns of vectors lie in panels of two of `all`
 * rows, or with `bRow` as they are.
 */
function product<T extends number>(
  c: usize,
  to: usize,
  a: usize,
  rows: usize,
  m: u32,
  b: usize,
  bRow: usize,
  all: u32,
  vectors: u32,
  terms: usize,
  skip: u32,
  k: u32,
  beta: i32,
): void {
  terms += usize(skip) << 2;
  for (let v: u32 = 0; v < vectors; v += 2, c += 32) {
    const two = v + 1 < vectors;
    const step = bRow != 0 ? bRow : usize(two ? 32 : 16);
    const panel = b + (bRow != 0 ? usize(v) << 4 : usize(v * all) << 4) + usize(skip) * step;
    if (two) indirect2<T>(c, to, a, rows, m, panel, step, terms, k, beta);
    else indirect1<T>(c, to, a, rows, m, panel, step, terms, k, beta);
  }
}

/** Of `window` rows from row `at` of a plane, the first one that is not above the image, and the first one below it. */
function firstInside(at: i32, window: u32): u32 {
  return u32(max<i32>(0, min<i32>(i32(window), i32(top) - at)));
}
function firstBelow(at: i32, window: u32): u32 {
  return u32(max<i32>(0, min<i32>(i32(window), i32(top + imageHeight) - at)));
}

/**
 * C = β C + A B for `lines` lines of `across` rows each. The windows of line y start at row `at` + y · `stride` of the plane and are
 * `window` rows of `run` terms; those outside the image add nothing and are left out.
 */
function lineProducts<T extends number>(
  c: usize,
  to: usize,
  a: usize,
  rows: usize,
  lines: u32,
  across: u32,
  at: i32,
  stride: u32,
  window: u32,
  run: u32,
  b: usize,
  bRow: usize,
  vectors: u32,
  terms: usize,
  beta: i32,
): void {
  for (let y: u32 = 0; y < lines; ) {
    const from = firstInside(at, window);
    const until = max<u32>(from, firstBelow(at, window));
    const start = y;
    // As many lines as meet the same rows of their windows.
    do {
      y++;
      at += i32(stride);
    } while (y < lines && firstInside(at, window) == from && max<u32>(from, firstBelow(at, window)) == until);
    const before = usize(start * across) << 2;
    product<T>(
      c,
      to + before,
      a,
      rows + before,
      (y - start) * across,
      b,
      bRow,
      window * run,
      vectors,
      terms,
      from * run,
      (until - from) * run,
      beta,
    );
  }
}

/** out[to[r], 0 … bytes) = β out + x[r, 0 … bytes) for m rows, those of x `xRow` bytes apart. */
function moveRows<T extends number>(
  out: usize,
  to: usize,
  x: usize,
  xRow: usize,
  m: u32,
  bytes: usize,
  beta: i32,
): void {
  for (let r: u32 = 0; r < m; r++, x += xRow, to += 4) {
    const row = out + usize(load<u32>(to));
    for (let k: usize = 0; k < bytes; k += sizeof<T>()) {
      const value = load<T>(x + k);
      store<T>(row + k, beta != 0 ? ((load<T>(row + k) + value) as T) : value);
    }
  }
}

/** The same for the columns of one group, which may end inside a vector: then by way of `part`, with `own` the table of its rows. */
function groupProducts<T extends number>(
  out: usize,
  to: usize,
  a: usize,
  rows: usize,
  lines: u32,
  across: u32,
  at: i32,
  stride: u32,
  window: u32,
  run: u32,
  b: usize,
  bRow: usize,
  columns: u32,
  terms: usize,
  part: usize,
  own: usize,
  beta: i32,
): void {
  const row = rowBytes<T>(columns);
  const vectors = u32(row >> 4);
  if (part == 0) {
    lineProducts<T>(out, to, a, rows, lines, across, at, stride, window, run, b, bRow, vectors, terms, beta);
    return;
  }
  lineProducts<T>(part, own, a, rows, lines, across, at, stride, window, run, b, bRow, vectors, terms, 0);
  moveRows<T>(out, to, part, row, lines * across, usize(columns) * sizeof<T>(), beta);
}

/** Whether the columns of every group are whole vectors, or there is one group. */
function wholeVectors<T extends number>(groups: u32, columns: u32): bool {
  return groups == 1 || columns % lanes<T>() == 0;
}

/** z = β z + P(x) w. `scratch`: convScratch. */
export function conv<T extends number>(
  z: usize,
  x: usize,
  w: usize,
  scratch: usize,
  shape: usize,
  examples: u32,
  channels: u32,
  filters: u32,
  beta: i32,
): void {
  const kh = first(shape, Pair.Window);
  const kw = second(shape, Pair.Window);
  const oh = first(shape, Pair.Places);
  const ow = second(shape, Pair.Places);
  const sh = first(shape, Pair.Stride);
  const sw = second(shape, Pair.Stride);
  const ph = first(shape, Pair.Padding);
  const pw = second(shape, Pair.Padding);
  const groups = groupsOf(shape);
  const depth = channels / groups;
  const width = filters / groups;
  const k = kh * kw * depth;
  const images = imagesAtOnce(shape, examples);
  const zRow = rowBytes<T>(filters);
  const wRow = rowBytes<T>(width);
  const height = coveredSize(kh, oh, sh);
  let free = setPlanes<T>(
    scratch,
    images,
    height,
    coveredSize(kw, ow, sw),
    ph,
    pw,
    x,
    first(shape, Pair.Image),
    second(shape, Pair.Image),
    channels,
  );
  const line = usize(planeWidth) * pixel;
  const terms = free;
  const rows = fillTable(terms, kh, line, kw, pixel, depth, sizeof<T>());
  const to = rows + tableBytes(images * oh * ow);
  const own = to + tableBytes(images * oh * ow);
  const panels = own + tableBytes(images * oh * ow);
  const vectors = u32(wRow >> 4);
  const packed = vectors > 2 && examples * oh * ow >= ROWS_TO_PACK;
  free = panels + (packed ? usize(k) * wRow : 0);
  const part: usize = wholeVectors<T>(groups, width) ? 0 : free;
  if (part != 0 && beta == 0) memory.fill(z, 0, usize(examples * oh * ow) * zRow);
  let tabled: u32 = 0;
  for (let g: u32 = 0; g < groups; g++) {
    const weights = w + usize(g * k) * wRow;
    if (packed) packPanels(panels, weights, wRow, k);
    for (let e: u32 = 0; e < examples; e += images) {
      const count = min<u32>(images, examples - e);
      if (count != tabled) {
        fillTable(rows, oh, usize(sh) * line, count, planeBytes(), ow, usize(sw) * pixel);
        fillTable(to, oh, usize(ow) * zRow, count, usize(oh * ow) * zRow, ow, zRow);
        fillTable(own, 1, 0, 1, 0, count * oh * ow, wRow);
        tabled = count;
      }
      const plane = planesOf(e, count) + usize(g * depth) * sizeof<T>();
      const out = z + usize(e * oh * ow) * zRow + usize(g * width) * sizeof<T>();
      groupProducts<T>(
        out,
        to,
        plane,
        rows,
        oh,
        count * ow,
        0,
        sh,
        kh,
        kw * depth,
        packed ? panels : weights,
        packed ? 0 : wRow,
        width,
        terms,
        part,
        own,
        beta,
      );
    }
  }
}

/** All k rows of b in panels of two vectors. */
function packPanels(panels: usize, b: usize, bRow: usize, k: u32): void {
  const vectors = u32(bRow >> 4);
  for (let v: u32 = 0; v < vectors; v += 2) {
    const at = usize(v) << 4;
    packRows(panels + at * usize(k), b + at, bRow, k, min<u32>(2, vectors - v));
  }
}

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

/**
 * dw = β dw + P(x)ᵀ dz, the sum over examples in `shards` (a power of two up to 8) runs of `shardExamples`, added as a binary
 * tree. `scratch`: convScratch and, with more than one shard, four times dw.
 */
export function conv_weight<T extends number>(
  dw: usize,
  x: usize,
  dz: usize,
  scratch: usize,
  shape: usize,
  examples: u32,
  channels: u32,
  filters: u32,
  beta: i32,
  shards: u32,
  shardExamples: u32,
): void {
  const size = kernelBytes<T>(shape, channels, filters);
  if (shards <= 1) {
    shardSum<T>(dw, x, dz, scratch, shape, examples, channels, filters, beta, 0, examples);
    return;
  }
  const sums = scratch;
  const rest = scratch + 4 * size;
  let sum = sums;
  for (let s: u32 = 0; s < shards; s++) {
    const from = min<u32>(examples, s * shardExamples);
    const to = min<u32>(examples, (s + 1) * shardExamples);
    shardSum<T>(sum, x, dz, rest, shape, examples, channels, filters, 0, from, to);
    for (let carry = s; (carry & 1) != 0; carry >>= 1) {
      addTo<T>(sum - size, sum, size);
      sum -= size;
    }
    sum += size;
  }
  if (beta != 0) addTo<T>(dw, sums, size);
  else memory.copy(dw, sums, size);
}

/** x += y over `size` bytes. */
function addTo<T extends number>(x: usize, y: usize, size: usize): void {
  for (const end = x + size; x < end; x += 16, y += 16) v128.store(x, v128.add<T>(v128.load(x), v128.load(y)));
}

/** dw = β dw + P(x)ᵀ dz over the examples [from, until). */
function shardSum<T extends number>(
  dw: usize,
  x: usize,
  dz: usize,
  scratch: usize,
  shape: usize,
  examples: u32,
  channels: u32,
  filters: u32,
  beta: i32,
  from: u32,
  until: u32,
): void {
  const kh = first(shape, Pair.Window);
  const kw = second(shape, Pair.Window);
  const oh = first(shape, Pair.Places);
  const ow = second(shape, Pair.Places);
  const sh = first(shape, Pair.Stride);
  const sw = second(shape, Pair.Stride);
  const groups = groupsOf(shape);
  const depth = channels / groups;
  const width = filters / groups;
  const k = kh * kw * depth;
  const zRow = rowBytes<T>(filters);
  const wRow = rowBytes<T>(width);
  if (from >= until) {
    if (beta == 0) memory.fill(dw, 0, kernelBytes<T>(shape, channels, filters));
    return;
  }
  // The number of all examples, so that it is the same for every thread's shards.
  const images = imagesAtOnce(shape, examples);
  const terms = setPlanes<T>(
    scratch,
    images,
    coveredSize(kh, oh, sh),
    coveredSize(kw, ow, sw),
    first(shape, Pair.Padding),
    second(shape, Pair.Padding),
    x,
    first(shape, Pair.Image),
    second(shape, Pair.Image),
    channels,
  );
  const line = usize(planeWidth) * pixel;
  const to = fillTable(terms, kh, line, kw, pixel, depth, sizeof<T>());
  const rows = fillTable(to, 1, 0, 1, 0, k, wRow);
  const panel = fillTable(rows, images, planeBytes(), oh, usize(sh) * line, ow, usize(sw) * pixel);
  const vectors = u32(wRow >> 4);
  // The table of places has those of all images; a block of images reads its first entries.
  for (let e = from; e < until; e += images) {
    const count = min<u32>(images, until - e);
    const planes = planesOf(e, count);
    const m = count * oh * ow;
    for (let p: u32 = 0; p < m; p += Planes.Rows) {
      const run = min<u32>(Planes.Rows, m - p);
      const add = e > from || p > 0 ? 1 : beta;
      const places = rows + (usize(p) << 2);
      for (let g: u32 = 0; g < groups; g++) {
        const cotangent = dz + usize(e * oh * ow + p) * zRow + usize(g * width) * sizeof<T>();
        const target = dw + usize(g * k) * wRow;
        const plane = planes + usize(g * depth) * sizeof<T>();
        if (groups == 1 && (vectors <= 2 || usize(run) * zRow <= DIRECT_BYTES)) {
          product<T>(target, to, plane, terms, k, cotangent, zRow, run, vectors, places, 0, run, add);
          continue;
        }
        for (let v: u32 = 0; v < vectors; v += 2) {
          const two = min<u32>(2, vectors - v);
          // A single group's padding is zero.
          const columns = groups == 1 ? two * lanes<T>() : min<u32>(two * lanes<T>(), width - v * lanes<T>());
          packColumnsOf<T>(panel, cotangent + (usize(v) << 4), zRow, run, two, columns);
          product<T>(target + (usize(v) << 4), to, plane, terms, k, panel, 0, run, two, places, 0, run, add);
        }
      }
    }
  }
}

/** A panel of `columns` columns at any address, zeros behind them. */
function packColumnsOf<T extends number>(
  panel: usize,
  b: usize,
  bRow: usize,
  k: u32,
  vectors: u32,
  columns: u32,
): void {
  if (columns == vectors * lanes<T>()) {
    packRows(panel, b, bRow, k, vectors);
    return;
  }
  const step = usize(vectors) << 4;
  memory.fill(panel, 0, usize(k) * step);
  for (let p: u32 = 0; p < k; p++, panel += step, b += bRow) {
    for (let j: usize = 0; j < usize(columns) * sizeof<T>(); j += sizeof<T>()) store<T>(panel + j, load<T>(b + j));
  }
}
