/**
 * Bytes that kernels need, as formulas of sizes: read by asc for the checks of a plan and by esbuild for the memory that is reserved,
 * so that each stands once. All numbers are f64, exact below 2⁵³; `size` is that of one number in bytes.
 */
import { Packing, Planes } from "./opcodes";

/** Bytes of one row, padded to whole vectors. */
export function row(columns: f64, size: f64): f64 {
  return 16 * Math.ceil((columns * size) / 16);
}

/** Bytes of a matrix. */
export function matrixBytes(rows: f64, columns: f64, size: f64): f64 {
  return rows * row(columns, size);
}

/** Two panels of the second operand of a product, k rows of up to four vectors in all. */
export function panels(k: f64, n: f64, size: f64): f64 {
  return k * Math.min(64, row(n, size));
}

/** Of gemm_tn: partial sums, a panel of B, and a copy of columns of A where its shards are large. */
export function shardedProduct(m: f64, k: f64, shardRows: f64, size: f64): f64 {
  const columns = 4 * Math.ceil(m / 4);
  const copied = row(m, size) * shardRows >= Packing.ShardBytes;
  const copy = copied ? k * Math.min(columns, Packing.Columns) * size : 0;
  return 16 * (6 * columns + 2 * k) + copy;
}

/** Of the implicit solver for n unknowns through m activations: five rows of n, four of m, two n × n matrices, two lists of pivots. */
export function implicitSolver(n: f64, m: f64, size: f64): f64 {
  return (5 + 2 * n) * row(n, size) + 4 * row(m, size) + 2 * table(n);
}

/** A table of n offsets. */
export function table(n: f64): f64 {
  return 16 * Math.ceil(n / 4);
}

/** Images that a convolution takes at a time: enough for its tiles to have rows. */
export function imagesAtOnce(examples: f64, image: f64, places: f64): f64 {
  return Math.max(1, Math.min(examples, Math.floor(Planes.Rows / Math.max(image, places))));
}

/** Rows (or columns) of the plane of an image: what the windows cover. */
export function covered(window: f64, places: f64, stride: f64): f64 {
  return (places - 1) * stride + window;
}

/** Rows of the plane of places: those whose windows could cover a position. */
export function covering(window: f64, image: f64, stride: f64, padding: f64): f64 {
  const before = Math.max(0, Math.floor((window - 1 - padding) / stride));
  return before + Math.floor((image - 1 + padding) / stride) + 1;
}

/** Of a convolution and its adjoints: tables, planes, panels of weights, and one group's part of a result. */
export function convolution(
  examples: f64,
  image: f64,
  places: f64,
  window: f64,
  planeOfImage: f64,
  planeOfPlaces: f64,
  channels: f64,
  filters: f64,
  groups: f64,
  size: f64,
): f64 {
  const depth = channels / groups;
  const width = filters / groups;
  const images = imagesAtOnce(examples, image, places);
  const rows = images * Math.max(image, places);
  const tables = 2 * table(window * Math.max(depth, width)) + 3 * table(rows);
  const planes = images * Math.max(planeOfImage * row(channels, size), planeOfPlaces * row(filters, size));
  const weights = window * Math.max(depth * row(width, size), width * row(depth, size));
  const part = groups > 1 ? rows * row(Math.max(depth, width), size) : 0;
  return tables + planes + weights + part + 32 * Planes.Rows;
}

/** Partial sums of a convolution's weights, where its examples come in shards. */
export function weightSums(weights: f64, shards: f64): f64 {
  return shards > 1 ? 4 * weights : 0;
}

/** A row between the zeros of its neighbours. */
export function neighbours(columns: f64, half: f64, size: f64): f64 {
  return row(columns, size) + 2 * row(half, size);
}

/** Whether a number is whole. */
export function isWhole(x: f64): bool {
  return Math.floor(x) == x;
}

/** Whether a size, or a product of some, stays where further products of it are exact: below 2²⁷. */
export function isModest(n: f64): bool {
  return n <= 134217728;
}

/** Whether so many shards make a binary tree. */
export function areShards(count: f64): bool {
  return count <= 8 && isWhole(8 / count);
}
