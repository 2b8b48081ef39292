/** Copies of operands in the order in which a tile reads them: contiguous, so that no cache line is fetched in vain. */
import { lanes, rowBytes } from "./rows";

/** panel(p, ·) = b(p, ·) for k rows of `vectors` (1 or 2) vectors. */
export function packRows(panel: usize, b: usize, bRow: usize, k: u32, vectors: u32): void {
  if (vectors == 2) {
    for (let p: u32 = 0; p < k; p++) {
      v128.store(panel, v128.load(b));
      v128.store(panel, v128.load(b, 16), 16);
      panel += 32;
      b += bRow;
    }
  } else {
    for (let p: u32 = 0; p < k; p++) {
      v128.store(panel, v128.load(b));
      panel += 16;
      b += bRow;
    }
  }
}

/**
 * Groups of four columns one after the other, each contiguous: group g holds a(p, 4g … 4g+3) for p < k. Columns beyond
 * the padded row are zero.
 */
export function packColumns<T extends number>(packed: usize, a: usize, aRow: usize, columns: u32, k: u32): void {
  const row = rowBytes<T>(columns);
  const group = 4 * sizeof<T>();
  const size = usize(k) * group;
  // One cache line at a time: its vectors go to vector `at` of the row, two of which make a group in f64.
  for (let at: usize = 0; at < row; at += 64) {
    let to = packed + (at / group) * size;
    let from = a + at;
    const vectors = min<usize>(64, row - at) >> 4;
    if (vectors == 4) {
      for (let p: u32 = 0; p < k; p++, to += group, from += aRow) {
        if (sizeof<T>() == 4) {
          v128.store(to, v128.load(from));
          v128.store(to + size, v128.load(from, 16));
          v128.store(to + 2 * size, v128.load(from, 32));
          v128.store(to + 3 * size, v128.load(from, 48));
        } else {
          v128.store(to, v128.load(from));
          v128.store(to, v128.load(from, 16), 16);
          v128.store(to + size, v128.load(from, 32));
          v128.store(to + size, v128.load(from, 48), 16);
        }
      }
    } else {
      for (let p: u32 = 0; p < k; p++, to += group, from += aRow) {
        for (let v: usize = 0; v < vectors; v++) {
          const offset = v << 4;
          v128.store(to + (offset / group) * size + (offset & (group - 1)), v128.load(from + offset));
        }
        if (sizeof<T>() == 8 && (vectors & 1) != 0) v128.store(to + (vectors >> 1) * size, i64x2.splat(0), 16);
      }
    }
  }
}

/**
 * The transposed of up to one vector's worth of rows: panel(p, j) = b(j, p) for p < k, j < rows; missing rows are zero.
 * `panelStep` bytes lie between two p.
 */
export function packTransposed<T extends number>(
  panel: usize,
  panelStep: usize,
  b: usize,
  bRow: usize,
  rows: u32,
  k: u32,
): void {
  let p: u32 = 0;
  if (rows == lanes<T>()) {
    if (sizeof<T>() == 4) {
      for (; p + 4 <= k; p += 4) {
        const r0 = v128.load(b);
        const r1 = v128.load(b + bRow);
        const r2 = v128.load(b + 2 * bRow);
        const r3 = v128.load(b + 3 * bRow);
        const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
        const t1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
        const t2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
        const t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
        v128.store(panel, v128.shuffle<f32>(t0, t1, 0, 1, 4, 5));
        v128.store(panel + panelStep, v128.shuffle<f32>(t0, t1, 2, 3, 6, 7));
        v128.store(panel + 2 * panelStep, v128.shuffle<f32>(t2, t3, 0, 1, 4, 5));
        v128.store(panel + 3 * panelStep, v128.shuffle<f32>(t2, t3, 2, 3, 6, 7));
        panel += 4 * panelStep;
        b += 16;
      }
    } else {
      for (; p + 2 <= k; p += 2) {
        const r0 = v128.load(b);
        const r1 = v128.load(b + bRow);
        v128.store(panel, v128.shuffle<f64>(r0, r1, 0, 2));
        v128.store(panel + panelStep, v128.shuffle<f64>(r0, r1, 1, 3));
        panel += 2 * panelStep;
        b += 16;
      }
    }
  }
  for (; p < k; p++) {
    let j: u32 = 0;
    for (; j < rows; j++) store<T>(panel + j * sizeof<T>(), load<T>(b + usize(j) * bRow));
    for (; j < lanes<T>(); j++) store<T>(panel + j * sizeof<T>(), 0 as T);
    panel += panelStep;
    b += sizeof<T>();
  }
}
