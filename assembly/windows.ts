/**
 * Windows of kh × kw positions that move over an image of h × w: six numbers of type f64 at `shape`, each a pair of sizes as
 * first · 2²⁴ + second.
 *
 *   0  image h, w    1  window kh, kw    2  places of the window oh, ow    3  stride    4  padding above and left    5  groups
 *
 * The window of place (i, j) starts at row i · stride − padding; what lies outside the image counts as zero, or as absent.
 */
import { Patches } from "./opcodes";
import { rowBytes } from "./rows";

const SHIFT: f64 = 16777216;

export const enum Pair {
  Image = 0,
  Window = 8,
  Places = 16,
  Stride = 24,
  Padding = 32,
  Groups = 40,
}

/** The first number of a pair. */
export function first(shape: usize, pair: Pair): u32 {
  return u32(load<f64>(shape + usize(pair)) / SHIFT);
}

/** The second number of a pair. */
export function second(shape: usize, pair: Pair): u32 {
  return u32(load<f64>(shape + usize(pair)) - SHIFT * f64(first(shape, pair)));
}

/** Rows of patches that are made at a time, for patches of `terms` numbers and `rows` places in all. */
export function patchRows<T extends number>(terms: u32, rows: u32): u32 {
  const fit = (u32(Patches.Bytes) / u32(rowBytes<T>(terms))) & ~3;
  return min<u32>((rows + 3) & ~3, max<u32>(fit, u32(Patches.Rows)));
}

/** Bytes of scratch for the products of a convolution: patches, one group's columns, panels; see operations/convolution.ts. */
export function patchScratch<T extends number>(terms: u32, filters: u32, rows: u32, groups: u32): u64 {
  const count = u64(patchRows<T>(terms, rows));
  const group = groups > 1 ? count * u64(rowBytes<T>(filters)) : 0;
  const columns = (u64(terms) + 3) & ~3;
  const sums = 16 * (6 * columns + 2 * count) + count * min<u64>(columns, 128) * 8;
  return count * u64(rowBytes<T>(terms)) + 16 + group + max<u64>(sums, 64 * max<u64>(u64(terms), u64(filters)));
}

/** Bytes of the kernels: for each group (window row, window column, channel) rows of its filters. */
export function kernelBytes<T extends number>(shape: usize, channels: u32, filters: u32): usize {
  const groups = u32(load<f64>(shape + usize(Pair.Groups)));
  const terms = first(shape, Pair.Window) * second(shape, Pair.Window) * (channels / groups);
  return usize(groups * terms) * rowBytes<T>(filters / groups);
}
