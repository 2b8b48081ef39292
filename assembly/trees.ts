/**
 * The inner loops of a product tn, whose sum over examples is cut into shards: C = β C + Aᵀ B, each shard a sum over its
 * rows in ascending order, the shards added as the binary tree ((s₀+s₁)+(s₂+s₃))+((s₄+s₅)+(s₆+s₇)). See tiles.ts.
 */
import { madd } from "./lanes";
import { store1, store2 } from "./tiles";

/**
 * C[m × 2 vectors] = β C + Aᵀ B, the sum over k rows in `shards` (a power of two up to 8) runs of `shardRows` rows, added
 * as the binary tree ((s₀+s₁)+(s₂+s₃))+((s₄+s₅)+(s₆+s₇)). Four columns of A lie side by side at a + p·aStep; the next
 * four `aBlock` further. Shard by shard, so that its rows stay in the first-level cache for all tiles; partial sums are carried like a
 * binary counter, `carry` holding three levels of the panel (rows rounded up to four).
 */
export function tree2<T extends number>(
  c: usize,
  cRow: usize,
  a: usize,
  aBlock: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  m: u32,
  k: u32,
  beta: i32,
  shards: u32,
  shardRows: u32,
  carry: usize,
): void {
  const size = usize((m + 3) >> 2) * 128;
  let first: u32 = 0;
  for (let s: u32 = 0; s < shards; s++) {
    const last = min<u32>(k, first + shardRows);
    const start = b + usize(first) * bStep;
    const end = b + usize(last) * bStep;
    let row = a + usize(first) * aStep;
    let to = c;
    let place = carry;
    for (let left = i32(m); left > 0; left -= 4) {
      let c00 = v128.splat<T>(0 as T);
      let c01 = c00;
      let c10 = c00;
      let c11 = c00;
      let c20 = c00;
      let c21 = c00;
      let c30 = c00;
      let c31 = c00;
      let p = row;
      if (left > 2) {
        for (let q = start; q != end; p += aStep, q += bStep) {
          const b0 = v128.load(q);
          const b1 = v128.load(q, 16);
          const x0 = v128.load_splat<T>(p);
          c00 = madd<T>(x0, b0, c00);
          c01 = madd<T>(x0, b1, c01);
          const x1 = v128.load_splat<T>(p, sizeof<T>());
          c10 = madd<T>(x1, b0, c10);
          c11 = madd<T>(x1, b1, c11);
          const x2 = v128.load_splat<T>(p, 2 * sizeof<T>());
          c20 = madd<T>(x2, b0, c20);
          c21 = madd<T>(x2, b1, c21);
          const x3 = v128.load_splat<T>(p, 3 * sizeof<T>());
          c30 = madd<T>(x3, b0, c30);
          c31 = madd<T>(x3, b1, c31);
        }
      } else {
        // In f64, the padded row may end here.
        for (let q = start; q != end; p += aStep, q += bStep) {
          const b0 = v128.load(q);
          const b1 = v128.load(q, 16);
          const x0 = v128.load_splat<T>(p);
          c00 = madd<T>(x0, b0, c00);
          c01 = madd<T>(x0, b1, c01);
          const x1 = v128.load_splat<T>(p, sizeof<T>());
          c10 = madd<T>(x1, b0, c10);
          c11 = madd<T>(x1, b1, c11);
        }
      }
      let level = place;
      for (let bits = s; (bits & 1) != 0; bits >>= 1, level += size) {
        c00 = v128.add<T>(v128.load(level), c00);
        c01 = v128.add<T>(v128.load(level, 16), c01);
        c10 = v128.add<T>(v128.load(level, 32), c10);
        c11 = v128.add<T>(v128.load(level, 48), c11);
        c20 = v128.add<T>(v128.load(level, 64), c20);
        c21 = v128.add<T>(v128.load(level, 80), c21);
        c30 = v128.add<T>(v128.load(level, 96), c30);
        c31 = v128.add<T>(v128.load(level, 112), c31);
      }
      if (s + 1 < shards) {
        v128.store(level, c00);
        v128.store(level, c01, 16);
        v128.store(level, c10, 32);
        v128.store(level, c11, 48);
        v128.store(level, c20, 64);
        v128.store(level, c21, 80);
        v128.store(level, c30, 96);
        v128.store(level, c31, 112);
      } else {
        store2<T>(to, c00, c01, beta);
        if (left > 1) store2<T>(to + cRow, c10, c11, beta);
        if (left > 2) store2<T>(to + 2 * cRow, c20, c21, beta);
        if (left > 3) store2<T>(to + 3 * cRow, c30, c31, beta);
      }
      to += 4 * cRow;
      row += aBlock;
      place += 128;
    }
    first = last;
  }
}

/** The same for one vector of columns. */
export function tree1<T extends number>(
  c: usize,
  cRow: usize,
  a: usize,
  aBlock: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  m: u32,
  k: u32,
  beta: i32,
  shards: u32,
  shardRows: u32,
  carry: usize,
): void {
  const size = usize((m + 3) >> 2) * 64;
  let first: u32 = 0;
  for (let s: u32 = 0; s < shards; s++) {
    const last = min<u32>(k, first + shardRows);
    const start = b + usize(first) * bStep;
    const end = b + usize(last) * bStep;
    let row = a + usize(first) * aStep;
    let to = c;
    let place = carry;
    for (let left = i32(m); left > 0; left -= 4) {
      let c0 = v128.splat<T>(0 as T);
      let c1 = c0;
      let c2 = c0;
      let c3 = c0;
      let p = row;
      if (left > 2) {
        for (let q = start; q != end; p += aStep, q += bStep) {
          const b0 = v128.load(q);
          c0 = madd<T>(v128.load_splat<T>(p), b0, c0);
          c1 = madd<T>(v128.load_splat<T>(p, sizeof<T>()), b0, c1);
          c2 = madd<T>(v128.load_splat<T>(p, 2 * sizeof<T>()), b0, c2);
          c3 = madd<T>(v128.load_splat<T>(p, 3 * sizeof<T>()), b0, c3);
        }
      } else {
        for (let q = start; q != end; p += aStep, q += bStep) {
          const b0 = v128.load(q);
          c0 = madd<T>(v128.load_splat<T>(p), b0, c0);
          c1 = madd<T>(v128.load_splat<T>(p, sizeof<T>()), b0, c1);
        }
      }
      let level = place;
      for (let bits = s; (bits & 1) != 0; bits >>= 1, level += size) {
        c0 = v128.add<T>(v128.load(level), c0);
        c1 = v128.add<T>(v128.load(level, 16), c1);
        c2 = v128.add<T>(v128.load(level, 32), c2);
        c3 = v128.add<T>(v128.load(level, 48), c3);
      }
      if (s + 1 < shards) {
        v128.store(level, c0);
        v128.store(level, c1, 16);
        v128.store(level, c2, 32);
        v128.store(level, c3, 48);
      } else {
        store1<T>(to, c0, beta);
        if (left > 1) store1<T>(to + cRow, c1, beta);
        if (left > 2) store1<T>(to + 2 * cRow, c2, beta);
        if (left > 3) store1<T>(to + 3 * cRow, c3, beta);
      }
      to += 4 * cRow;
      row += aBlock;
      place += 64;
    }
    first = last;
  }
}

/**
 * The same for m up to 3 (f32) or 2 (f64) and one vector of columns: two shards side by side, since the sums of one alone
 * wait for each other.
 */
export function treeNarrow<T extends number>(
  c: usize,
  a: usize,
  b: usize,
  m: u32,
  k: u32,
  beta: i32,
  shards: u32,
  shardRows: u32,
  carry: usize,
): void {
  const one: usize = m > 1 ? sizeof<T>() : 0;
  const two: usize = m > 2 ? 2 * sizeof<T>() : 0;
  let first: u32 = 0;
  for (let s: u32 = 0; s < shards; s += 2) {
    const middle = min<u32>(k, first + shardRows);
    const last = min<u32>(k, middle + shardRows);
    let c0 = v128.splat<T>(0 as T);
    let c1 = c0;
    let c2 = c0;
    let d0 = c0;
    let d1 = c0;
    let d2 = c0;
    let q = usize(first) << 4;
    let r = usize(middle) << 4;
    const end = usize(last) << 4;
    for (; r != end; q += 16, r += 16) {
      const b0 = v128.load(b + q);
      c0 = madd<T>(v128.load_splat<T>(a + q), b0, c0);
      c1 = madd<T>(v128.load_splat<T>(a + q + one), b0, c1);
      c2 = madd<T>(v128.load_splat<T>(a + q + two), b0, c2);
      const b1 = v128.load(b + r);
      d0 = madd<T>(v128.load_splat<T>(a + r), b1, d0);
      d1 = madd<T>(v128.load_splat<T>(a + r + one), b1, d1);
      d2 = madd<T>(v128.load_splat<T>(a + r + two), b1, d2);
    }
    // The second shard is never the longer one.
    const rest = usize(middle) << 4;
    for (; q != rest; q += 16) {
      const b0 = v128.load(b + q);
      c0 = madd<T>(v128.load_splat<T>(a + q), b0, c0);
      c1 = madd<T>(v128.load_splat<T>(a + q + one), b0, c1);
      c2 = madd<T>(v128.load_splat<T>(a + q + two), b0, c2);
    }
    first = last;
    c0 = v128.add<T>(c0, d0);
    c1 = v128.add<T>(c1, d1);
    c2 = v128.add<T>(c2, d2);
    let level = carry;
    for (let bits = s >> 1; (bits & 1) != 0; bits >>= 1, level += 48) {
      c0 = v128.add<T>(v128.load(level), c0);
      c1 = v128.add<T>(v128.load(level, 16), c1);
      c2 = v128.add<T>(v128.load(level, 32), c2);
    }
    if (s + 2 < shards) {
      v128.store(level, c0);
      v128.store(level, c1, 16);
      v128.store(level, c2, 32);
    } else {
      store1<T>(c, c0, beta);
      if (m > 1) store1<T>(c + 16, c1, beta);
      if (m > 2) store1<T>(c + 32, c2, beta);
    }
  }
}
