/**
 * The inner loops of the products: tiles of C held in registers, each entry a sum over p in ascending order from zero.
 *
 * Four rows by two vectors, eight accumulators, no unrolling over p: accumulators, loads and one temporary stay within
 * the registers an engine gives. A tile owns its row loop.
 *
 * A(i, p) lies at a + i·aRow + p numbers, B(p, ·) at b + p·bStep; rows and steps in bytes. β is 0 (store) or 1 (add).
 */
import { madd } from "./lanes";

/** C[m × 2 vectors] = β C + A B, m a multiple of four. */
export function tile2<T extends number>(
  c: usize,
  cRow: usize,
  a: usize,
  aRow: usize,
  b: usize,
  bStep: usize,
  m: u32,
  k: u32,
  beta: i32,
): void {
  const end = b + usize(k) * bStep;
  for (let i: u32 = 0; i < m; i += 4) {
    let c00 = v128.splat<T>(0 as T);
    let c01 = c00;
    let c10 = c00;
    let c11 = c00;
    let c20 = c00;
    let c21 = c00;
    let c30 = c00;
    let c31 = c00;
    let a0 = a;
    let a1 = a + aRow;
    let a2 = a + 2 * aRow;
    let a3 = a + 3 * aRow;
    for (let q = b; q != end; q += bStep) {
      const b0 = v128.load(q);
      const b1 = v128.load(q, 16);
      const x0 = v128.load_splat<T>(a0);
      c00 = madd<T>(x0, b0, c00);
      c01 = madd<T>(x0, b1, c01);
      const x1 = v128.load_splat<T>(a1);
      c10 = madd<T>(x1, b0, c10);
      c11 = madd<T>(x1, b1, c11);
      const x2 = v128.load_splat<T>(a2);
      c20 = madd<T>(x2, b0, c20);
      c21 = madd<T>(x2, b1, c21);
      const x3 = v128.load_splat<T>(a3);
      c30 = madd<T>(x3, b0, c30);
      c31 = madd<T>(x3, b1, c31);
      a0 += sizeof<T>();
      a1 += sizeof<T>();
      a2 += sizeof<T>();
      a3 += sizeof<T>();
    }
    if (beta != 0) {
      c00 = v128.add<T>(v128.load(c), c00);
      c01 = v128.add<T>(v128.load(c, 16), c01);
      c10 = v128.add<T>(v128.load(c + cRow), c10);
      c11 = v128.add<T>(v128.load(c + cRow, 16), c11);
      c20 = v128.add<T>(v128.load(c + 2 * cRow), c20);
      c21 = v128.add<T>(v128.load(c + 2 * cRow, 16), c21);
      c30 = v128.add<T>(v128.load(c + 3 * cRow), c30);
      c31 = v128.add<T>(v128.load(c + 3 * cRow, 16), c31);
    }
    v128.store(c, c00);
    v128.store(c, c01, 16);
    v128.store(c + cRow, c10);
    v128.store(c + cRow, c11, 16);
    v128.store(c + 2 * cRow, c20);
    v128.store(c + 2 * cRow, c21, 16);
    v128.store(c + 3 * cRow, c30);
    v128.store(c + 3 * cRow, c31, 16);
    c += 4 * cRow;
    a += 4 * aRow;
  }
}

/** Two vectors of C. */
export function store2<T extends number>(c: usize, v0: v128, v1: v128, beta: i32): void {
  if (beta != 0) {
    v0 = v128.add<T>(v128.load(c), v0);
    v1 = v128.add<T>(v128.load(c, 16), v1);
  }
  v128.store(c, v0);
  v128.store(c, v1, 16);
}

/** One vector of C. */
export function store1<T extends number>(c: usize, v: v128, beta: i32): void {
  if (beta != 0) v = v128.add<T>(v128.load(c), v);
  v128.store(c, v);
}

/** C[m × 1 vector] = β C + A B, m a multiple of four: the last columns of a matrix. */
export function tile1<T extends number>(
  c: usize,
  cRow: usize,
  a: usize,
  aRow: usize,
  b: usize,
  bStep: usize,
  m: u32,
  k: u32,
  beta: i32,
): void {
  const end = b + usize(k) * bStep;
  for (let i: u32 = 0; i < m; i += 4) {
    let c0 = v128.splat<T>(0 as T);
    let c1 = c0;
    let c2 = c0;
    let c3 = c0;
    let a0 = a;
    let a1 = a + aRow;
    let a2 = a + 2 * aRow;
    let a3 = a + 3 * aRow;
    for (let q = b; q != end; q += bStep) {
      const b0 = v128.load(q);
      c0 = madd<T>(v128.load_splat<T>(a0), b0, c0);
      c1 = madd<T>(v128.load_splat<T>(a1), b0, c1);
      c2 = madd<T>(v128.load_splat<T>(a2), b0, c2);
      c3 = madd<T>(v128.load_splat<T>(a3), b0, c3);
      a0 += sizeof<T>();
      a1 += sizeof<T>();
      a2 += sizeof<T>();
      a3 += sizeof<T>();
    }
    if (beta != 0) {
      c0 = v128.add<T>(v128.load(c), c0);
      c1 = v128.add<T>(v128.load(c + cRow), c1);
      c2 = v128.add<T>(v128.load(c + 2 * cRow), c2);
      c3 = v128.add<T>(v128.load(c + 3 * cRow), c3);
    }
    v128.store(c, c0);
    v128.store(c + cRow, c1);
    v128.store(c + 2 * cRow, c2);
    v128.store(c + 3 * cRow, c3);
    c += 4 * cRow;
    a += 4 * aRow;
  }
}

/** One row: C[1 × vectors] = β C + A B, six vectors at a time, so that B is read once and in order. */
export function tileRow<T extends number>(
  c: usize,
  a: usize,
  b: usize,
  bStep: usize,
  vectors: u32,
  k: u32,
  beta: i32,
): void {
  const aEnd = a + usize(k) * sizeof<T>();
  for (; vectors >= 6; vectors -= 6, c += 96, b += 96) {
    let c0 = v128.splat<T>(0 as T);
    let c1 = c0;
    let c2 = c0;
    let c3 = c0;
    let c4 = c0;
    let c5 = c0;
    let q = b;
    for (let p = a; p != aEnd; p += sizeof<T>(), q += bStep) {
      const x = v128.load_splat<T>(p);
      c0 = madd<T>(x, v128.load(q), c0);
      c1 = madd<T>(x, v128.load(q, 16), c1);
      c2 = madd<T>(x, v128.load(q, 32), c2);
      c3 = madd<T>(x, v128.load(q, 48), c3);
      c4 = madd<T>(x, v128.load(q, 64), c4);
      c5 = madd<T>(x, v128.load(q, 80), c5);
    }
    store2<T>(c, c0, c1, beta);
    store2<T>(c + 32, c2, c3, beta);
    store2<T>(c + 64, c4, c5, beta);
  }
  for (; vectors >= 2; vectors -= 2, c += 32, b += 32) {
    let c0 = v128.splat<T>(0 as T);
    let c1 = c0;
    let q = b;
    for (let p = a; p != aEnd; p += sizeof<T>(), q += bStep) {
      const x = v128.load_splat<T>(p);
      c0 = madd<T>(x, v128.load(q), c0);
      c1 = madd<T>(x, v128.load(q, 16), c1);
    }
    store2<T>(c, c0, c1, beta);
  }
  if (vectors != 0) {
    let c0 = v128.splat<T>(0 as T);
    let q = b;
    for (let p = a; p != aEnd; p += sizeof<T>(), q += bStep) {
      c0 = madd<T>(v128.load_splat<T>(p), v128.load(q), c0);
    }
    store1<T>(c, c0, beta);
  }
}

/**
 * One row with a large B: c[1 × vectors] = A B, four rows of B at a time from first to last, so that B streams through the
 * caches once; the sums wait in c.
 */
export function tileStream<T extends number>(c: usize, a: usize, b: usize, bStep: usize, vectors: u32, k: u32): void {
  const size = usize(vectors) << 4;
  const end = c + size;
  memory.fill(c, 0, size);
  let p: u32 = 0;
  for (; p + 4 <= k; p += 4) {
    const x0 = v128.load_splat<T>(a);
    const x1 = v128.load_splat<T>(a, sizeof<T>());
    const x2 = v128.load_splat<T>(a, 2 * sizeof<T>());
    const x3 = v128.load_splat<T>(a, 3 * sizeof<T>());
    let b1 = b + bStep;
    let b2 = b1 + bStep;
    let b3 = b2 + bStep;
    let q = b;
    for (let at = c; at < end; at += 16, q += 16, b1 += 16, b2 += 16, b3 += 16) {
      let s = madd<T>(x0, v128.load(q), v128.load(at));
      s = madd<T>(x1, v128.load(b1), s);
      s = madd<T>(x2, v128.load(b2), s);
      v128.store(at, madd<T>(x3, v128.load(b3), s));
    }
    a += 4 * sizeof<T>();
    b += 4 * bStep;
  }
  for (; p < k; p++) {
    const x = v128.load_splat<T>(a);
    let q = b;
    for (let at = c; at < end; at += 16, q += 16) v128.store(at, madd<T>(x, v128.load(q), v128.load(at)));
    a += sizeof<T>();
    b += bStep;
  }
}

/**
 * Widths 1 to 4 (f32), 1 and 2 (f64): C[m × 1 vector] = β C + A B with one vector to a row of A and the k vectors of B
 * held in registers.
 */
export function tileNarrow<T extends number>(
  c: usize,
  a: usize,
  b: usize,
  bStep: usize,
  m: u32,
  k: u32,
  beta: i32,
): void {
  const zero = v128.splat<T>(0 as T);
  const end = c + (usize(m) << 4);
  if (k == 0) {
    for (; c < end; c += 16) store1<T>(c, zero, beta);
    return;
  }
  const b0 = v128.load(b);
  if (k == 1) {
    for (; c < end; c += 16, a += 16) store1<T>(c, madd<T>(v128.load_splat<T>(a), b0, zero), beta);
    return;
  }
  const b1 = v128.load(b + bStep);
  if (k == 2) {
    for (; c + 16 < end; c += 32, a += 32) {
      const s = madd<T>(v128.load_splat<T>(a), b0, zero);
      const t = madd<T>(v128.load_splat<T>(a, 16), b0, zero);
      store2<T>(
        c,
        madd<T>(v128.load_splat<T>(a, sizeof<T>()), b1, s),
        madd<T>(v128.load_splat<T>(a, 16 + sizeof<T>()), b1, t),
        beta,
      );
    }
    for (; c < end; c += 16, a += 16) {
      const s = madd<T>(v128.load_splat<T>(a), b0, zero);
      store1<T>(c, madd<T>(v128.load_splat<T>(a, sizeof<T>()), b1, s), beta);
    }
    return;
  }
  const b2 = v128.load(b + 2 * bStep);
  if (k == 3) {
    for (; c + 16 < end; c += 32, a += 32) {
      let s = madd<T>(v128.load_splat<T>(a), b0, zero);
      let t = madd<T>(v128.load_splat<T>(a, 16), b0, zero);
      s = madd<T>(v128.load_splat<T>(a, sizeof<T>()), b1, s);
      t = madd<T>(v128.load_splat<T>(a, 16 + sizeof<T>()), b1, t);
      s = madd<T>(v128.load_splat<T>(a, 2 * sizeof<T>()), b2, s);
      t = madd<T>(v128.load_splat<T>(a, 16 + 2 * sizeof<T>()), b2, t);
      store2<T>(c, s, t, beta);
    }
    for (; c < end; c += 16, a += 16) {
      let s = madd<T>(v128.load_splat<T>(a), b0, zero);
      s = madd<T>(v128.load_splat<T>(a, sizeof<T>()), b1, s);
      store1<T>(c, madd<T>(v128.load_splat<T>(a, 2 * sizeof<T>()), b2, s), beta);
    }
    return;
  }
  const b3 = v128.load(b + 3 * bStep);
  for (; c < end; c += 16, a += 16) {
    let s = madd<T>(v128.load_splat<T>(a), b0, zero);
    s = madd<T>(v128.load_splat<T>(a, sizeof<T>()), b1, s);
    s = madd<T>(v128.load_splat<T>(a, 2 * sizeof<T>()), b2, s);
    store1<T>(c, madd<T>(v128.load_splat<T>(a, 3 * sizeof<T>()), b3, s), beta);
  }
}
