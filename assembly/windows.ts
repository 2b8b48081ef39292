/**
 * Windows of kh × kw positions that move over an image of h × w: six numbers of type f64 at `shape`, each a pair of sizes as
 * first · 2²⁴ + second.
 *
 *   0  image h, w    1  window kh, kw    2  places of the window oh, ow    3  stride    4  padding above and left    5  groups
 *
 * The window of place (i, j) starts at row i · stride − padding; what lies outside the image counts as zero, or as absent.
 */
import { Planes } from "./opcodes";
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

/** Groups of channels that do not see each other. */
export function groupsOf(shape: usize): u32 {
  return second(shape, Pair.Groups);
}

/** Images that a convolution takes at a time: enough for its tiles to have rows. */
export function imagesAtOnce(shape: usize, examples: u32): u32 {
  const image = first(shape, Pair.Image) * second(shape, Pair.Image);
  const places = first(shape, Pair.Places) * second(shape, Pair.Places);
  return max<u32>(1, min<u32>(examples, u32(Planes.Rows) / max<u32>(image, places)));
}

/** Bytes of the kernels: for each group (window row, window column, channel) rows of its filters. */
export function kernelBytes<T extends number>(shape: usize, channels: u32, filters: u32): usize {
  const groups = groupsOf(shape);
  const terms = first(shape, Pair.Window) * second(shape, Pair.Window) * (channels / groups);
  return usize(groups * terms) * rowBytes<T>(filters / groups);
}

/** Rows of zeros before the places in their plane: windows that start above the first one's would still cover the first position. */
export function placesBefore(window: u32, stride: u32, padding: u32): u32 {
  return window > padding + 1 ? (window - 1 - padding) / stride : 0;
}

/** Rows (or columns) of the plane of an image: what the windows cover. */
export function coveredSize(window: u32, places: u32, stride: u32): u32 {
  return (places - 1) * stride + window;
}

/** Rows of the plane of places: those whose windows could cover a position. */
export function coveringSize(window: u32, image: u32, stride: u32, padding: u32): u32 {
  return placesBefore(window, stride, padding) + (image - 1 + padding) / stride + 1;
}
