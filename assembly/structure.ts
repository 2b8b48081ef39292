/** Row and column moves: bias rows, column sums, fixed affine maps of the columns, windows of columns. */
import { rowBytes } from "./rows";

/** out[r, ·] = x[r, ·] + b. out may be x. */
export function add_row<T extends number>(out: usize, x: usize, b: usize, rows: u32, columns: u32): void {
  const row = rowBytes<T>(columns);
  if (row == 16) {
    const value = v128.load(b);
    const end = out + (usize(rows) << 4);
    for (; out < end; out += 16, x += 16) v128.store(out, v128.add<T>(v128.load(x), value));
    return;
  }
  for (let r: u32 = 0; r < rows; r++) {
    let q = b;
    const end = out + row;
    for (; out < end; out += 16, x += 16, q += 16) v128.store(out, v128.add<T>(v128.load(x), v128.load(q)));
  }
}

/** The sum of rows [first, last) of one vector column. */
function partialColumn<T extends number>(x: usize, row: usize, first: u32, last: u32): v128 {
  let sum = v128.splat<T>(0 as T);
  let at = x + usize(first) * row;
  for (let r = first; r < last; r++) {
    sum = v128.add<T>(sum, v128.load(at));
    at += row;
  }
  return sum;
}

/**
 * out = β out + 1ᵀ x, the rows in `shards` (a power of two up to 8) runs of `shardRows` rows added as a binary tree.
 */
export function column_sum<T extends number>(
  out: usize,
  x: usize,
  rows: u32,
  columns: u32,
  beta: i32,
  shards: u32,
  shardRows: u32,
): void {
  const row = rowBytes<T>(columns);
  for (let at: usize = 0; at < row; at += 16) {
    let value = treeColumn<T>(x + at, row, rows, 0, shards, shards <= 1 ? rows : shardRows);
    if (beta != 0) value = v128.add<T>(v128.load(out + at), value);
    v128.store(out + at, value);
  }
}

/** The subtree over `count` shards from `first`. */
function treeColumn<T extends number>(x: usize, row: usize, rows: u32, first: u32, count: u32, shardRows: u32): v128 {
  if (count <= 1) {
    const from = min<u32>(rows, first * shardRows);
    return partialColumn<T>(x, row, from, min<u32>(rows, from + shardRows));
  }
  const half = count >> 1;
  return v128.add<T>(
    treeColumn<T>(x, row, rows, first, half, shardRows),
    treeColumn<T>(x, row, rows, first + half, half, shardRows),
  );
}

/** out = β out + x ∘ (1 scaleᵀ) + 1 shiftᵀ; no shift where `shift` is 0. scale and shift have zero padding. */
export function row_affine<T extends number>(
  out: usize,
  x: usize,
  scale: usize,
  shift: usize,
  rows: u32,
  columns: u32,
  beta: i32,
): void {
  const row = rowBytes<T>(columns);
  for (let r: u32 = 0; r < rows; r++) {
    for (let at: usize = 0; at < row; at += 16) {
      let value = v128.mul<T>(v128.load(x + at), v128.load(scale + at));
      if (shift != 0) value = v128.add<T>(value, v128.load(shift + at));
      if (beta != 0) value = v128.add<T>(v128.load(out + at), value);
      v128.store(out + at, value);
    }
    out += row;
    x += row;
  }
}

/**
 * out[·, to … to+count) = β out + x[·, from … from+count); with β = 0 every other column of out is zero.
 */
export function copy_columns<T extends number>(
  out: usize,
  x: usize,
  rows: u32,
  outColumns: u32,
  xColumns: u32,
  to: u32,
  from: u32,
  count: u32,
  beta: i32,
): void {
  const outRow = rowBytes<T>(outColumns);
  const xRow = rowBytes<T>(xColumns);
  const target = out + usize(to) * sizeof<T>();
  const source = x + usize(from) * sizeof<T>();
  if (beta == 0) {
    for (let r: u32 = 0; r < rows; r++) {
      const skip = usize(r) * outRow;
      memory.fill(out + skip, 0, outRow);
      memory.copy(target + skip, source + usize(r) * xRow, usize(count) * sizeof<T>());
    }
    return;
  }
  for (let r: u32 = 0; r < rows; r++) {
    const t = target + usize(r) * outRow;
    const s = source + usize(r) * xRow;
    for (let i: usize = 0; i < usize(count) * sizeof<T>(); i += sizeof<T>()) {
      store<T>(t + i, (load<T>(t + i) + load<T>(s + i)) as T);
    }
  }
}

/** out = β out + x ∘ y over n numbers in whole vectors. out may be x or y. */
export function multiply<T extends number>(out: usize, x: usize, y: usize, n: u32, beta: i32): void {
  const end = out + usize(n) * sizeof<T>();
  for (; out < end; out += 16, x += 16, y += 16) {
    const value = v128.mul<T>(v128.load(x), v128.load(y));
    v128.store(out, beta != 0 ? v128.add<T>(v128.load(out), value) : value);
  }
}

/** out = β out + c (K − Kᵀ) + d I for an n × n matrix. */
export function skew<T extends number>(out: usize, K: usize, n: u32, c: T, d: T, beta: i32): void {
  const row = rowBytes<T>(n);
  for (let i: u32 = 0; i < n; i++) {
    const target = out + usize(i) * row;
    const source = K + usize(i) * row;
    const padding = target + usize(n) * sizeof<T>();
    memory.fill(padding, 0, target + row - padding);
    for (let j: u32 = 0; j < n; j++) {
      const at = usize(j) * sizeof<T>();
      const other = load<T>(K + usize(j) * row + usize(i) * sizeof<T>());
      let value: T = (c * (load<T>(source + at) - other)) as T;
      if (i == j) value = (value + d) as T;
      if (beta != 0) value = (load<T>(target + at) + value) as T;
      store<T>(target + at, value);
    }
  }
}
