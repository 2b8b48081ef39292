/**
 * Losses over scores S and targets C, both rows × columns, one example a row. `weight` points to one f64: 1/n for a mean.
 * Values are added in double precision, per shard and then as a binary tree.
 */
import { shard_hessian, shard_loss } from "../losses.generated";
import { rowBytes } from "../rows";

/** The sum over the rows of `count` shards from shard `first`. */
function lossTree<T extends number>(
  kind: i32,
  g: usize,
  s: usize,
  c: usize,
  m: usize,
  rows: u32,
  columns: u32,
  weight: T,
  first: u32,
  count: u32,
  shardRows: u32,
  parameter: T,
  second: T,
): f64 {
  if (count > 1) {
    const half = count >> 1;
    return (
      lossTree<T>(kind, g, s, c, m, rows, columns, weight, first, half, shardRows, parameter, second) +
      lossTree<T>(kind, g, s, c, m, rows, columns, weight, first + half, half, shardRows, parameter, second)
    );
  }
  const from = min<u32>(rows, first * shardRows);
  const to = min<u32>(rows, from + shardRows);
  const skip = usize(from) * rowBytes<T>(columns);
  return shard_loss<T>(
    g + skip,
    s + skip,
    c + skip,
    m == 0 ? 0 : m + skip,
    kind,
    to - from,
    columns,
    weight,
    parameter,
    second,
  );
}

/**
 * value[0] = weight · loss(S, C), without the weight where `bare`; g = the weighted loss's gradient with respect to S. Where m is
 * not 0, each entry's part of a loss of entries counts m_ij times, that of a row joined by its loss m_i1 times.
 */
export function loss<T extends number>(
  kind: i32,
  value: usize,
  g: usize,
  s: usize,
  c: usize,
  weight: usize,
  m: usize,
  rows: u32,
  columns: u32,
  shards: u32,
  shardRows: u32,
  bare: bool,
  parameter: T,
  second: T,
): void {
  const w = load<f64>(weight);
  const run = shards <= 1 ? rows : shardRows;
  const sum = lossTree<T>(kind, g, s, c, m, rows, columns, w as T, 0, max<u32>(1, shards), run, parameter, second);
  store<f64>(value, bare ? sum : w * sum);
}

/**
 * out = (d² loss / dS²) v row by row. With `known`, s holds the probabilities rather than the scores. Where the second derivative does
 * not depend on the targets, c may be 0. `out` may be v.
 */
export function loss_hessian<T extends number>(
  kind: i32,
  out: usize,
  v: usize,
  s: usize,
  c: usize,
  scratch: usize,
  weight: usize,
  rows: u32,
  columns: u32,
  known: bool,
  parameter: T,
  second: T,
): void {
  // Loops read along the targets: the scores stand in for those that nobody asks for.
  const targets = c == 0 ? s : c;
  shard_hessian<T>(out, v, s, targets, scratch, kind, rows, columns, load<f64>(weight) as T, known, parameter, second);
}
