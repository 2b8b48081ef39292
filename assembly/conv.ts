/**
 * Convolution (cross-correlation) of images, channels innermost: rows are (example, row, column), columns are channels.
 *
 *   forward           Z  = P(X) W                one row of P(X) for each place: the numbers under the window
 *   input cotangent   dX = P*(dZ Wᵀ)             P* adds every number back to where it was taken from
 *   weight gradient   dW = P(X)ᵀ dZ              summed over examples in shards
 *
 * P(X) is never whole: a block of its rows is made in scratch just before the product that reads it. W holds, group after
 * group, a matrix of (window row, window column, channel) × filters of the group. Every sum is in an order that depends on
 * the shape alone.
 */
import { gemm_nn, gemm_nt, gemm_tn } from "./gemm";
import { lanes, rowBytes } from "./rows";
import { first, kernelBytes, Pair, patchRows, second } from "./windows";

/** Whether patches are the image's own rows: a 1 × 1 window that visits every position. */
function isPlain(shape: usize): bool {
  return (
    first(shape, Pair.Window) == 1 &&
    second(shape, Pair.Window) == 1 &&
    first(shape, Pair.Stride) == 1 &&
    second(shape, Pair.Stride) == 1 &&
    load<f64>(shape + usize(Pair.Padding)) == 0 &&
    load<f64>(shape + usize(Pair.Places)) == load<f64>(shape + usize(Pair.Image)) &&
    u32(load<f64>(shape + usize(Pair.Groups))) == 1
  );
}

/**
 * Patches of places [from, from + count): patches[r, (i, j, c)] = x[window i, j of place r, start + c], 0 outside the image.
 * Whole vectors are written even where a pixel ends inside one: what is too much is zero, and overwritten by the next pixel.
 */
function gather<T extends number>(
  patches: usize,
  x: usize,
  shape: usize,
  channels: u32,
  start: u32,
  depth: u32,
  from: u32,
  count: u32,
): void {
  const h = i32(first(shape, Pair.Image));
  const w = i32(second(shape, Pair.Image));
  const kh = first(shape, Pair.Window);
  const kw = i32(second(shape, Pair.Window));
  const oh = first(shape, Pair.Places);
  const ow = second(shape, Pair.Places);
  const sh = first(shape, Pair.Stride);
  const sw = second(shape, Pair.Stride);
  const ph = first(shape, Pair.Padding);
  const pw = second(shape, Pair.Padding);
  const xRow = rowBytes<T>(channels);
  const pixel = usize(depth) * sizeof<T>();
  const row = rowBytes<T>(kh * u32(kw) * depth);
  const zero = v128.splat<T>(0 as T);
  const vectors = depth == channels || depth % lanes<T>() == 0;
  const step = vectors ? (pixel + 15) & ~usize(15) : pixel;
  const origin = x + usize(start) * sizeof<T>();
  for (let r = from; r < from + count; r++) {
    const place = r % (oh * ow);
    const image = origin + usize(r / (oh * ow)) * usize(h * w) * xRow;
    const top = i32((place / ow) * sh) - i32(ph);
    const left = i32((place % ow) * sw) - i32(pw);
    let out = patches + usize(r - from) * row;
    v128.store(out + row - 16, zero);
    // The window's columns inside the image.
    const j0 = min<i32>(kw, max<i32>(0, -left));
    const j1 = max<i32>(j0, min<i32>(kw, w - left));
    for (let i: u32 = 0; i < kh; i++) {
      const y = top + i32(i);
      const end = out + usize(kw) * pixel;
      if (y >= 0 && y < h) {
        if (j0 > 0) out = clear<T>(out, out + usize(j0) * pixel, vectors);
        let source = image + usize(y * w + left + j0) * xRow;
        const inner = out + usize(j1 - j0) * pixel;
        if (pixel == xRow) for (; out < inner; out += 16, source += 16) v128.store(out, v128.load(source));
        else if (depth == 1) for (; out < inner; out += sizeof<T>(), source += xRow) store<T>(out, load<T>(source));
        else if (vectors && step == 16) {
          for (; out < inner; out += pixel, source += xRow) v128.store(out, v128.load(source));
        } else {
          for (; out < inner; out += pixel, source += xRow) copyPixel<T>(out, source, step, vectors);
        }
        out = inner;
      }
      if (out < end) clear<T>(out, end, vectors);
      out = end;
    }
  }
}

/** Zeros from `out` to `end`, whole vectors of them if `vectors`; returns `end`. */
function clear<T extends number>(out: usize, end: usize, vectors: bool): usize {
  if (vectors) for (; out < end; out += 16) v128.store(out, v128.splat<T>(0 as T));
  else for (; out < end; out += sizeof<T>()) store<T>(out, 0 as T);
  return end;
}

function copyPixel<T extends number>(out: usize, source: usize, bytes: usize, vectors: bool): void {
  const end = out + bytes;
  if (vectors) for (; out < end; out += 16, source += 16) v128.store(out, v128.load(source));
  else for (; out < end; out += sizeof<T>(), source += sizeof<T>()) store<T>(out, load<T>(source));
}

/** All lanes of a vector below `count`, as a mask; all of them where count is a multiple of the lanes. */
function lastMask<T extends number>(count: u32): v128 {
  const rest = count % lanes<T>();
  let mask = v128.not(v128.splat<i32>(0));
  if (rest == 0) return mask;
  if (sizeof<T>() == 8) return i64x2(-1, 0);
  if (rest == 1) mask = i32x4(-1, 0, 0, 0);
  else if (rest == 2) mask = i32x4(-1, -1, 0, 0);
  else mask = i32x4(-1, -1, -1, 0);
  return mask;
}

/** x += P*(patches): every number of a patch is added to where `gather` takes it from, places in ascending order. */
function scatter<T extends number>(
  x: usize,
  patches: usize,
  shape: usize,
  channels: u32,
  start: u32,
  depth: u32,
  from: u32,
  count: u32,
): void {
  const h = i32(first(shape, Pair.Image));
  const w = i32(second(shape, Pair.Image));
  const kh = first(shape, Pair.Window);
  const kw = second(shape, Pair.Window);
  const oh = first(shape, Pair.Places);
  const ow = second(shape, Pair.Places);
  const sh = first(shape, Pair.Stride);
  const sw = second(shape, Pair.Stride);
  const ph = first(shape, Pair.Padding);
  const pw = second(shape, Pair.Padding);
  const xRow = rowBytes<T>(channels);
  const pixel = usize(depth) * sizeof<T>();
  const row = rowBytes<T>(kh * kw * depth);
  const vectors = depth == channels || depth % lanes<T>() == 0;
  const mask = lastMask<T>(depth);
  const inner = (pixel - 1) & ~usize(15);
  const origin = x + usize(start) * sizeof<T>();
  for (let r = from; r < from + count; r++) {
    const place = r % (oh * ow);
    const image = origin + usize(r / (oh * ow)) * usize(h * w) * xRow;
    const top = i32((place / ow) * sh) - i32(ph);
    const left = i32((place % ow) * sw) - i32(pw);
    for (let i: u32 = 0; i < kh; i++) {
      const y = top + i32(i);
      if (y < 0 || y >= h) continue;
      for (let j: u32 = 0; j < kw; j++) {
        const z = left + i32(j);
        if (z < 0 || z >= w) continue;
        let target = image + usize(y * w + z) * xRow;
        let source = patches + usize(r - from) * row + usize(i * kw + j) * pixel;
        if (vectors) {
          const last = target + inner;
          for (; target < last; target += 16, source += 16) {
            v128.store(target, v128.add<T>(v128.load(target), v128.load(source)));
          }
          v128.store(target, v128.add<T>(v128.load(target), v128.and(v128.load(source), mask)));
        } else {
          const end = target + pixel;
          for (; target < end; target += sizeof<T>(), source += sizeof<T>()) {
            store<T>(target, (load<T>(target) + load<T>(source)) as T);
          }
        }
      }
    }
  }
}

/** out[r, 0 … bytes) = β out + x[r, 0 … bytes), rows `outRow` and `xRow` bytes apart. */
function moveColumns<T extends number>(
  out: usize,
  outRow: usize,
  x: usize,
  xRow: usize,
  rows: u32,
  bytes: usize,
  beta: i32,
): void {
  for (let r: u32 = 0; r < rows; r++, out += outRow, x += xRow) {
    for (let k: usize = 0; k < bytes; k += sizeof<T>()) {
      const value = load<T>(x + k);
      store<T>(out + k, beta != 0 ? ((load<T>(out + k) + value) as T) : value);
    }
  }
}

/** z = β z + P(x) w. `scratch`: patchScratch. */
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
  const rows = examples * first(shape, Pair.Places) * second(shape, Pair.Places);
  if (isPlain(shape)) {
    gemm_nn<T>(z, x, w, scratch, rows, filters, channels, beta);
    return;
  }
  const groups = u32(load<f64>(shape + usize(Pair.Groups)));
  const depth = channels / groups;
  const width = filters / groups;
  const terms = first(shape, Pair.Window) * second(shape, Pair.Window) * depth;
  const block = patchRows<T>(terms, rows);
  const zRow = rowBytes<T>(filters);
  const groupRow = rowBytes<T>(width);
  const part = scratch + usize(block) * rowBytes<T>(terms) + 16;
  const panels = groups > 1 ? part + usize(block) * groupRow : part;
  for (let r: u32 = 0; r < rows; r += block) {
    const count = min<u32>(block, rows - r);
    const target = z + usize(r) * zRow;
    if (groups > 1 && beta == 0) memory.fill(target, 0, usize(count) * zRow);
    for (let g: u32 = 0; g < groups; g++) {
      gather<T>(scratch, x, shape, channels, g * depth, depth, r, count);
      const weights = w + usize(g) * usize(terms) * groupRow;
      if (groups == 1) gemm_nn<T>(target, scratch, weights, panels, count, width, terms, beta);
      else {
        gemm_nn<T>(part, scratch, weights, panels, count, width, terms, 0);
        const bytes = usize(width) * sizeof<T>();
        moveColumns<T>(target + usize(g) * bytes, zRow, part, groupRow, count, bytes, beta);
      }
    }
  }
}

/** dx = β dx + P*(dz wᵀ). `scratch`: patchScratch. */
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
  const rows = examples * first(shape, Pair.Places) * second(shape, Pair.Places);
  if (isPlain(shape)) {
    gemm_nt<T>(dx, dz, w, scratch, rows, channels, filters, beta);
    return;
  }
  const positions = examples * first(shape, Pair.Image) * second(shape, Pair.Image);
  if (beta == 0) memory.fill(dx, 0, usize(positions) * rowBytes<T>(channels));
  const groups = u32(load<f64>(shape + usize(Pair.Groups)));
  const depth = channels / groups;
  const width = filters / groups;
  const terms = first(shape, Pair.Window) * second(shape, Pair.Window) * depth;
  const block = patchRows<T>(terms, rows);
  const zRow = rowBytes<T>(filters);
  const groupRow = rowBytes<T>(width);
  const part = scratch + usize(block) * rowBytes<T>(terms) + 16;
  const panels = groups > 1 ? part + usize(block) * groupRow : part;
  for (let r: u32 = 0; r < rows; r += block) {
    const count = min<u32>(block, rows - r);
    const source = dz + usize(r) * zRow;
    for (let g: u32 = 0; g < groups; g++) {
      const weights = w + usize(g) * usize(terms) * groupRow;
      if (groups == 1) gemm_nt<T>(scratch, source, weights, panels, count, terms, width, 0);
      else {
        takeGroup<T>(part, source, zRow, groupRow, g, width, count);
        gemm_nt<T>(scratch, part, weights, panels, count, terms, width, 0);
      }
      scatter<T>(dx, scratch, shape, channels, g * depth, depth, r, count);
    }
  }
}

/** part = the columns of group g, padding zero. */
function takeGroup<T extends number>(
  part: usize,
  z: usize,
  zRow: usize,
  groupRow: usize,
  g: u32,
  width: u32,
  count: u32,
): void {
  const bytes = usize(width) * sizeof<T>();
  if (bytes != groupRow) memory.fill(part, 0, usize(count) * groupRow);
  moveColumns<T>(part, groupRow, z + usize(g) * bytes, zRow, count, bytes, 0);
}

/**
 * dw = β dw + P(x)ᵀ dz, the sum over examples in `shards` (a power of two up to 8) runs of `shardExamples`, added as a binary
 * tree. `scratch`: patchScratch and, with more than one shard, four times dw.
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
  const places = first(shape, Pair.Places) * second(shape, Pair.Places);
  const size = kernelBytes<T>(shape, channels, filters);
  if (shards <= 1) {
    shardSum<T>(dw, x, dz, scratch, shape, examples, channels, filters, beta, 0, examples * places);
    return;
  }
  const sums = scratch;
  const rest = scratch + 4 * size;
  let top = sums;
  for (let s: u32 = 0; s < shards; s++) {
    const from = min<u32>(examples, s * shardExamples) * places;
    const to = min<u32>(examples, (s + 1) * shardExamples) * places;
    shardSum<T>(top, x, dz, rest, shape, examples, channels, filters, 0, from, to);
    for (let carry = s; (carry & 1) != 0; carry >>= 1) {
      addTo<T>(top - size, top, size);
      top -= size;
    }
    top += size;
  }
  if (beta != 0) addTo<T>(dw, sums, size);
  else memory.copy(dw, sums, size);
}

/** x += y over `size` bytes. */
function addTo<T extends number>(x: usize, y: usize, size: usize): void {
  for (const end = x + size; x < end; x += 16, y += 16) v128.store(x, v128.add<T>(v128.load(x), v128.load(y)));
}

/** dw = β dw + P(x)ᵀ dz over the places [from, to). */
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
  to: u32,
): void {
  const plain = isPlain(shape);
  const groups = u32(load<f64>(shape + usize(Pair.Groups)));
  const depth = channels / groups;
  const width = filters / groups;
  const terms = first(shape, Pair.Window) * second(shape, Pair.Window) * depth;
  const rows = examples * first(shape, Pair.Places) * second(shape, Pair.Places);
  const block = patchRows<T>(terms, rows);
  const zRow = rowBytes<T>(filters);
  const groupRow = rowBytes<T>(width);
  const part = scratch + usize(block) * rowBytes<T>(terms) + 16;
  const panels = groups > 1 ? part + usize(block) * groupRow : part;
  if (from >= to && beta == 0) memory.fill(dw, 0, usize(groups * terms) * groupRow);
  for (let r = from; r < to; r += block) {
    const count = min<u32>(block, to - r);
    const cotangent = dz + usize(r) * zRow;
    const add = r > from ? 1 : beta;
    for (let g: u32 = 0; g < groups; g++) {
      const target = dw + usize(g) * usize(terms) * groupRow;
      let patches = scratch;
      if (plain) patches = x + usize(r) * rowBytes<T>(channels);
      else gather<T>(scratch, x, shape, channels, g * depth, depth, r, count);
      if (groups > 1) takeGroup<T>(part, cotangent, zRow, groupRow, g, width, count);
      gemm_tn<T>(target, patches, groups > 1 ? part : cotangent, panels, terms, width, count, add, 1, count);
    }
  }
}
