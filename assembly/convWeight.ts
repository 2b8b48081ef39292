/** The gradient of a convolution's kernels, dW = P(X)ᵀ dZ (conv.ts): a product with terms as rows, summed over examples in shards. */
import { Planes } from "./opcodes";
import { packRows } from "./panels";
import { fillTable, pixel, planeBytes, planesOf, planeWidth, setPlanes } from "./planes";
import { lanes, rowBytes } from "./rows";
import { product } from "./windowProducts";
import { coveredSize, first, groupsOf, imagesAtOnce, kernelBytes, Pair, second } from "./windows";

/** Rows of up to this many bytes in all are read in place. */
const DIRECT_BYTES: usize = 16384;

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
