/**
 * What a convolution reads: planes, which are images with zeros around, and tables of byte offsets (u32) into them. Term t of
 * the sum for row r of a result lies at plane + rows[r] + terms[t], so that no patch is made and no border is tested.
 */
import { rowBytes } from "./rows";

// The planes of the kernel that runs: see setPlanes.
let source: usize = 0;
let copies: usize = 0;
let copied: bool = false;
let planeHeight: u32 = 0;
export let planeWidth: u32 = 0;
export let top: u32 = 0;
let left: u32 = 0;
export let imageHeight: u32 = 0;
let imageWidth: u32 = 0;
export let pixel: usize = 0;

/**
 * Prepares planes of `pHeight` × `pWidth` pixels of the images at x of `height` × `width`, with `above` rows and `before` pixels of
 * zeros before them. Where nothing is needed around them, the images are the planes. Returns where the scratch goes on.
 */
export function setPlanes<T extends number>(
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
export function planeBytes(): usize {
  return usize(planeHeight * planeWidth) * pixel;
}

/** The planes of images [from, from + count). */
export function planesOf(from: u32, count: u32): usize {
  const x = source + usize(from * imageHeight * imageWidth) * pixel;
  if (!copied) return x;
  copyPlanes(copies, planeHeight, planeWidth, top, left, x, count, imageHeight, imageWidth, pixel);
  return copies;
}

/**
 * `count` images of x as planes of `planeHeight` × `planeWidth` pixels, one after another: `top` rows and `left` pixels before them
 * stay as they are, zero; what does not fit is left out.
 */
export function copyPlanes(
  planes: usize,
  planeHeight: u32,
  planeWidth: u32,
  top: u32,
  left: u32,
  x: usize,
  count: u32,
  height: u32,
  width: u32,
  pixel: usize,
): void {
  const rows = top < planeHeight ? min<u32>(height, planeHeight - top) : 0;
  const columns = left < planeWidth ? min<u32>(width, planeWidth - left) : 0;
  const line = usize(planeWidth) * pixel;
  for (let e: u32 = 0; e < count; e++) {
    let from = x + usize(e * height * width) * pixel;
    let to = planes + usize(e * planeHeight + top) * line + usize(left) * pixel;
    for (let y: u32 = 0; y < rows; y++, from += usize(width) * pixel, to += line) {
      const end = usize(columns) * pixel;
      for (let k: usize = 0; k < end; k += 16) v128.store(to + k, v128.load(from + k));
    }
  }
}

/** Bytes of a table of n entries, in whole vectors. */
export function tableBytes(n: u32): usize {
  return ((usize(n) + 3) & ~usize(3)) << 2;
}

/** table[(a, b, c)] = a·aStep + b·bStep + c·cStep for a < na, b < nb, c < nc. Returns where the next may start. */
export function fillTable(table: usize, na: u32, aStep: usize, nb: u32, bStep: usize, nc: u32, cStep: usize): usize {
  let at = table;
  let first: usize = 0;
  for (let a: u32 = 0; a < na; a++, first += aStep) {
    let second = first;
    for (let b: u32 = 0; b < nb; b++, second += bStep) {
      let third = second;
      for (let c: u32 = 0; c < nc; c++, third += cStep, at += 4) store<u32>(at, u32(third));
    }
  }
  return table + tableBytes(na * nb * nc);
}
