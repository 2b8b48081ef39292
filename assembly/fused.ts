/**
 * Several elementwise steps in one call, a block of rows at a time so that the rows stay in the first-level cache. The
 * arithmetic is that of the single kernels, in the same order: the same bits.
 */
import { activate, activate_derivative } from "./activations.generated";
import { rowBytes } from "./rows";
import { combine1, combine2 } from "./steps";
import { add_row, column_sum } from "./structure";

/** Bytes of one operand in a block. */
const BLOCK: u32 = 8192;

function blockRows<T extends number>(columns: u32): u32 {
  return max<u32>(1, BLOCK / u32(rowBytes<T>(columns)));
}

/**
 * The tail of a layer: z = x + 1 bᵀ, a = σ(z), and with y ≠ 0  next = y + h a. b may be 0; z may be x, or 0 where only a is
 * kept (a may be x then); next may be y.
 */
export function layer_tail<T extends number>(
  z: usize,
  a: usize,
  next: usize,
  x: usize,
  b: usize,
  y: usize,
  h: T,
  kind: i32,
  rows: u32,
  columns: u32,
): void {
  const row = rowBytes<T>(columns);
  const block = blockRows<T>(columns);
  const numbers = u32(row / sizeof<T>());
  for (let first: u32 = 0; first < rows; first += block) {
    const count = min<u32>(block, rows - first);
    const skip = usize(first) * row;
    const sum = (z != 0 ? z : a) + skip;
    if (b != 0) add_row<T>(sum, x + skip, b, count, columns);
    else if (sum != x + skip) memory.copy(sum, x + skip, usize(count) * row);
    activate<T>(a + skip, sum, kind, count, columns);
    if (y != 0) combine2<T>(next + skip, 1 as T, y + skip, h, a + skip, count * numbers);
  }
}

/** dz = (c u) ∘ σ'(s), and with sum ≠ 0  sum = β sum + 1ᵀ dz in shards. dz may be u. */
export function slope_sum<T extends number>(
  sum: usize,
  dz: usize,
  u: usize,
  s: usize,
  c: T,
  kind: i32,
  rows: u32,
  columns: u32,
  beta: i32,
  shards: u32,
  shardRows: u32,
): void {
  const row = rowBytes<T>(columns);
  const block = blockRows<T>(columns);
  const numbers = u32(row / sizeof<T>());
  for (let first: u32 = 0; first < rows; first += block) {
    const count = min<u32>(block, rows - first);
    const skip = usize(first) * row;
    let from = u + skip;
    if (c != (1 as T)) {
      combine1<T>(dz + skip, c, from, count * numbers);
      from = dz + skip;
    }
    activate_derivative<T>(dz + skip, from, s + skip, kind, count, columns, 0);
  }
  if (sum != 0) column_sum<T>(sum, dz, rows, columns, beta, shards, shardRows);
}
