/**
 * Products of what stands under windows with a matrix, C = β C + A B, where A is read through tables of offsets into planes
 * (indirect.ts, planes.ts): by panels of two vectors, by lines of an image, by groups of channels.
 */
import { indirect1, indirect2 } from "./indirect";
import { imageHeight, top } from "./planes";
import { lanes, rowBytes } from "./rows";

/**
 * C = β C + A B for m rows by their tables, from term `skip` on. B's `vectors` columns of vectors lie in panels of two of `all`
 * rows, or with `bRow` as they are.
 */
export function product<T extends number>(
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
export function groupProducts<T extends number>(
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
export function wholeVectors<T extends number>(groups: u32, columns: u32): bool {
  return groups == 1 || columns % lanes<T>() == 0;
}
