/**
 * The inner loops of convolutions: C = β C + A B, where A(i, p) lies at a + rows[i] + terms[p] and row i of C at c + to[i], by
 * tables of byte offsets (planes.ts). Otherwise as in tiles.ts: every entry is a sum over p in ascending order from zero. The
 * last tile takes the last row several times where m is no multiple of four: a row computed twice is the same row.
 */
import { madd } from "./lanes";
import { store1, store2 } from "./tiles";

/** C[m × 2 vectors]. */
export function indirect2<T extends number>(
  c: usize,
  to: usize,
  a: usize,
  rows: usize,
  m: u32,
  b: usize,
  bStep: usize,
  terms: usize,
  k: u32,
  beta: i32,
): void {
  const last = terms + (usize(k) << 2);
  const end = rows + (usize(m) << 2);
  for (; rows < end; rows += 16, to += 16) {
    const one = min<usize>(4, end - 4 - rows);
    const two = min<usize>(8, end - 4 - rows);
    const three = min<usize>(12, end - 4 - rows);
    let c00 = v128.splat<T>(0 as T);
    let c01 = c00;
    let c10 = c00;
    let c11 = c00;
    let c20 = c00;
    let c21 = c00;
    let c30 = c00;
    let c31 = c00;
    const a0 = a + usize(load<u32>(rows));
    const a1 = a + usize(load<u32>(rows + one));
    const a2 = a + usize(load<u32>(rows + two));
    const a3 = a + usize(load<u32>(rows + three));
    let q = b;
    for (let t = terms; t != last; t += 4, q += bStep) {
      const p = usize(load<u32>(t));
      const b0 = v128.load(q);
      const b1 = v128.load(q, 16);
      const x0 = v128.load_splat<T>(a0 + p);
      c00 = madd<T>(x0, b0, c00);
      c01 = madd<T>(x0, b1, c01);
      const x1 = v128.load_splat<T>(a1 + p);
      c10 = madd<T>(x1, b0, c10);
      c11 = madd<T>(x1, b1, c11);
      const x2 = v128.load_splat<T>(a2 + p);
      c20 = madd<T>(x2, b0, c20);
      c21 = madd<T>(x2, b1, c21);
      const x3 = v128.load_splat<T>(a3 + p);
      c30 = madd<T>(x3, b0, c30);
      c31 = madd<T>(x3, b1, c31);
    }
    const to0 = c + usize(load<u32>(to));
    const to1 = c + usize(load<u32>(to + one));
    const to2 = c + usize(load<u32>(to + two));
    const to3 = c + usize(load<u32>(to + three));
    // Rows may be the same: all are read before one is written.
    if (beta != 0) {
      c00 = v128.add<T>(v128.load(to0), c00);
      c01 = v128.add<T>(v128.load(to0, 16), c01);
      c10 = v128.add<T>(v128.load(to1), c10);
      c11 = v128.add<T>(v128.load(to1, 16), c11);
      c20 = v128.add<T>(v128.load(to2), c20);
      c21 = v128.add<T>(v128.load(to2, 16), c21);
      c30 = v128.add<T>(v128.load(to3), c30);
      c31 = v128.add<T>(v128.load(to3, 16), c31);
    }
    store2<T>(to0, c00, c01, 0);
    store2<T>(to1, c10, c11, 0);
    store2<T>(to2, c20, c21, 0);
    store2<T>(to3, c30, c31, 0);
  }
}

/** C[m × 1 vector]. */
export function indirect1<T extends number>(
  c: usize,
  to: usize,
  a: usize,
  rows: usize,
  m: u32,
  b: usize,
  bStep: usize,
  terms: usize,
  k: u32,
  beta: i32,
): void {
  const last = terms + (usize(k) << 2);
  const end = rows + (usize(m) << 2);
  for (; rows < end; rows += 16, to += 16) {
    const one = min<usize>(4, end - 4 - rows);
    const two = min<usize>(8, end - 4 - rows);
    const three = min<usize>(12, end - 4 - rows);
    let c0 = v128.splat<T>(0 as T);
    let c1 = c0;
    let c2 = c0;
    let c3 = c0;
    const a0 = a + usize(load<u32>(rows));
    const a1 = a + usize(load<u32>(rows + one));
    const a2 = a + usize(load<u32>(rows + two));
    const a3 = a + usize(load<u32>(rows + three));
    let q = b;
    for (let t = terms; t != last; t += 4, q += bStep) {
      const p = usize(load<u32>(t));
      const b0 = v128.load(q);
      c0 = madd<T>(v128.load_splat<T>(a0 + p), b0, c0);
      c1 = madd<T>(v128.load_splat<T>(a1 + p), b0, c1);
      c2 = madd<T>(v128.load_splat<T>(a2 + p), b0, c2);
      c3 = madd<T>(v128.load_splat<T>(a3 + p), b0, c3);
    }
    const to0 = c + usize(load<u32>(to));
    const to1 = c + usize(load<u32>(to + one));
    const to2 = c + usize(load<u32>(to + two));
    const to3 = c + usize(load<u32>(to + three));
    // Rows may be the same: all are read before one is written.
    if (beta != 0) {
      c0 = v128.add<T>(v128.load(to0), c0);
      c1 = v128.add<T>(v128.load(to1), c1);
      c2 = v128.add<T>(v128.load(to2), c2);
      c3 = v128.add<T>(v128.load(to3), c3);
    }
    store1<T>(to0, c0, 0);
    store1<T>(to1, c1, 0);
    store1<T>(to2, c2, 0);
    store1<T>(to3, c3, 0);
  }
}
