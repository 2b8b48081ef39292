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

/**
 * out = β out + 1ᵀ x, the rows in `shards` (a power of two up to 8) runs of `shardRows` rows added as a binary tree.
 * Four vector columns at a time, since the sums of one alone wait for each other; the last columns are repeated to make four.
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
  const zero = v128.splat<T>(0 as T);
  for (let at: usize = 0; at < row; at += 64) {
    const o1: usize = row - at > 16 ? 16 : 0;
    const o2: usize = row - at > 32 ? 32 : o1;
    const o3: usize = row - at > 48 ? 48 : o2;
    // Partial sums of 1, 2 and 4 shards, carried like a binary counter.
    let a0 = zero,
      a1 = zero,
      a2 = zero,
      a3 = zero;
    let b0 = zero,
      b1 = zero,
      b2 = zero,
      b3 = zero;
    let c0 = zero,
      c1 = zero,
      c2 = zero,
      c3 = zero;
    let s0 = zero,
      s1 = zero,
      s2 = zero,
      s3 = zero;
    let p = x + at;
    let left = rows;
    for (let s: u32 = 0; s < max<u32>(1, shards); s++) {
      s0 = zero;
      s1 = zero;
      s2 = zero;
      s3 = zero;
      const run = shards > 1 ? min<u32>(left, shardRows) : left;
      left -= run;
      for (const end = p + usize(run) * row; p != end; p += row) {
        s0 = v128.add<T>(s0, v128.load(p));
        s1 = v128.add<T>(s1, v128.load(p + o1));
        s2 = v128.add<T>(s2, v128.load(p + o2));
        s3 = v128.add<T>(s3, v128.load(p + o3));
      }
      if ((s & 1) == 0) {
        a0 = s0;
        a1 = s1;
        a2 = s2;
        a3 = s3;
        continue;
      }
      s0 = v128.add<T>(a0, s0);
      s1 = v128.add<T>(a1, s1);
      s2 = v128.add<T>(a2, s2);
      s3 = v128.add<T>(a3, s3);
      if ((s & 2) == 0) {
        b0 = s0;
        b1 = s1;
        b2 = s2;
        b3 = s3;
        continue;
      }
      s0 = v128.add<T>(b0, s0);
      s1 = v128.add<T>(b1, s1);
      s2 = v128.add<T>(b2, s2);
      s3 = v128.add<T>(b3, s3);
      if ((s & 4) == 0) {
        c0 = s0;
        c1 = s1;
        c2 = s2;
        c3 = s3;
        continue;
      }
      s0 = v128.add<T>(c0, s0);
      s1 = v128.add<T>(c1, s1);
      s2 = v128.add<T>(c2, s2);
      s3 = v128.add<T>(c3, s3);
    }
    addTo<T>(out + at, s0, beta);
    if (o1 == 16) addTo<T>(out + at + 16, s1, beta);
    if (o2 == 32) addTo<T>(out + at + 32, s2, beta);
    if (o3 == 48) addTo<T>(out + at + 48, s3, beta);
  }
}

function addTo<T extends number>(out: usize, value: v128, beta: i32): void {
  v128.store(out, beta != 0 ? v128.add<T>(v128.load(out), value) : value);
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
