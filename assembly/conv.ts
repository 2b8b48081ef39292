/**
 * Convolution (cross-correlation) of images, channels innermost: rows are (example, row, column), columns are channels.
 *
 *   forward           Z  = P(X) W                one row of P(X) for each place: the numbers under the window
 *   input cotangent   dX = P*(dZ Wᵀ)             P* adds every number back to where it was taken from (convInput.ts)
 *   weight gradient   dW = P(X)ᵀ dZ              summed over examples in shards (convWeight.ts)
 *
 * P(X) is never made: tiles read X through tables of offsets (indirect.ts; Dukhan 2019, "The Indirect Convolution Algorithm"),
 * in place or, where windows reach beyond the image, in a copy with zeros around. W holds, group after group, a matrix of
 * (window row, window column, channel) × filters of the group. Every sum is in an order that depends on the shape alone.
 */
import { packRows } from "./panels";
import { fillTable, pixel, planeBytes, planesOf, planeWidth, setPlanes, tableBytes } from "./planes";
import { rowBytes } from "./rows";
import { groupProducts, wholeVectors } from "./windowProducts";
import { coveredSize, first, groupsOf, imagesAtOnce, Pair, second } from "./windows";

/** Fewer rows than this do not pay for a copy of the kernels. */
const ROWS_TO_PACK: u32 = 12;

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
