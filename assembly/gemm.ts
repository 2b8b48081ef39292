/**
 * Matrix products C = β C + op(A) op(B), row-major, rows padded to whole vectors, β in {0, 1}.
 *
 *   nn   C[m×n] = A[m×k] B[k×n]        forward:          Z  = Y W
 *   nt   C[m×n] = A[m×k] B[n×k]ᵀ       input cotangent:  dY = dZ Wᵀ
 *   tn   C[m×n] = A[k×m]ᵀ B[k×n]       weight gradient:  dW = Yᵀ dZ, the sum over examples in shards
 *
 * One panel kernel serves all three: two vectors of columns wide, four rows at a time, eight accumulators, no unrolling
 * over k, so that accumulators, loads and one temporary stay within the registers an engine gives. Every entry is a sum
 * over k in ascending order, whatever the number of rows, so that a row never depends on its neighbours.
 */
import { madd } from "./lanes";
import { lanes, rowBytes } from "./rows";

/** Operands up to this many numbers are read in place; larger ones are packed into contiguous panels. */
const DIRECT: u32 = 2048;
/** A block of rows of A of about this many bytes stays in the second-level cache while the panels of B pass. */
const BLOCK_BYTES: u32 = 262144;

/**
 * One panel: C[m × 2 vectors] = β C + Σ_p A(i, p) B(p, ·). A(i, p) lies at a + i·aRow + p·aStep, B(p, ·) at b + p·bStep.
 * Steps in bytes.
 */
function panel2<T extends number>(
  c: usize,
  cRow: usize,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  m: u32,
  k: u32,
  beta: i32,
): void {
  let i: u32 = 0;
  for (; i + 4 <= m; i += 4) {
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
    let q = b;
    for (let p: u32 = 0; p < k; p++) {
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
      a0 += aStep;
      a1 += aStep;
      a2 += aStep;
      a3 += aStep;
      q += bStep;
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
  for (; i < m; i++) {
    let c0 = v128.splat<T>(0 as T);
    let c1 = c0;
    let a0 = a;
    let q = b;
    for (let p: u32 = 0; p < k; p++) {
      const x0 = v128.load_splat<T>(a0);
      c0 = madd<T>(x0, v128.load(q), c0);
      c1 = madd<T>(x0, v128.load(q, 16), c1);
      a0 += aStep;
      q += bStep;
    }
    if (beta != 0) {
      c0 = v128.add<T>(v128.load(c), c0);
      c1 = v128.add<T>(v128.load(c, 16), c1);
    }
    v128.store(c, c0);
    v128.store(c, c1, 16);
    c += cRow;
    a += aRow;
  }
}

/** The last panel, one vector wide. Four rows at a time. */
function panel1<T extends number>(
  c: usize,
  cRow: usize,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  m: u32,
  k: u32,
  beta: i32,
): void {
  let i: u32 = 0;
  for (; i + 4 <= m; i += 4) {
    let c0 = v128.splat<T>(0 as T);
    let c1 = c0;
    let c2 = c0;
    let c3 = c0;
    let a0 = a;
    let a1 = a + aRow;
    let a2 = a + 2 * aRow;
    let a3 = a + 3 * aRow;
    let q = b;
    for (let p: u32 = 0; p < k; p++) {
      const b0 = v128.load(q);
      c0 = madd<T>(v128.load_splat<T>(a0), b0, c0);
      c1 = madd<T>(v128.load_splat<T>(a1), b0, c1);
      c2 = madd<T>(v128.load_splat<T>(a2), b0, c2);
      c3 = madd<T>(v128.load_splat<T>(a3), b0, c3);
      a0 += aStep;
      a1 += aStep;
      a2 += aStep;
      a3 += aStep;
      q += bStep;
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
  for (; i < m; i++) {
    let c0 = v128.splat<T>(0 as T);
    let a0 = a;
    let q = b;
    for (let p: u32 = 0; p < k; p++) {
      c0 = madd<T>(v128.load_splat<T>(a0), v128.load(q), c0);
      a0 += aStep;
      q += bStep;
    }
    if (beta != 0) c0 = v128.add<T>(v128.load(c), c0);
    v128.store(c, c0);
    c += cRow;
    a += aRow;
  }
}

/** Copies `columns` vectors of k rows into a contiguous panel. */
function pack(panel: usize, b: usize, bRow: usize, k: u32, vectors: u32): void {
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
 * Writes the transposed of up to one vector's worth of rows: panel(p, j) = b(j, p) for p < k, j < rows; missing rows are
 * zero. `panelStep` bytes lie between two p.
 */
function packTransposed<T extends number>(
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

/** Rows of A in one block: a multiple of four, at least 32. */
function blockRows<T extends number>(m: u32, k: u32): u32 {
  const rows = (BLOCK_BYTES / (k * u32(sizeof<T>()) + 1)) & ~3;
  return min<u32>(m, max<u32>(rows, 32));
}

/** C = β C + A B with B packed as panels of two vectors (the last may be one), k rows each. */
function packedProduct<T extends number>(c: usize, a: usize, packed: usize, m: u32, n: u32, k: u32, beta: i32): void {
  const cRow = rowBytes<T>(n);
  const aRow = rowBytes<T>(k);
  const vectors = u32(cRow >> 4);
  const block = blockRows<T>(m, k);
  for (let i: u32 = 0; i < m; i += block) {
    const rows = min<u32>(block, m - i);
    const aBlock = a + usize(i) * aRow;
    const cBlock = c + usize(i) * cRow;
    let panel = packed;
    let v: u32 = 0;
    for (; v + 2 <= vectors; v += 2) {
      panel2<T>(cBlock + usize(v << 4), cRow, aBlock, aRow, sizeof<T>(), panel, 32, rows, k, beta);
      panel += usize(k) << 5;
    }
    if (v < vectors) panel1<T>(cBlock + usize(v << 4), cRow, aBlock, aRow, sizeof<T>(), panel, 16, rows, k, beta);
  }
}

/** C[m×n] = β C + A[m×k] B[k×n]. `scratch`: k rows of n padded numbers, used when B is large. */
export function gemm_nn<T extends number>(
  c: usize,
  a: usize,
  b: usize,
  scratch: usize,
  m: u32,
  n: u32,
  k: u32,
  beta: i32,
): void {
  const bRow = rowBytes<T>(n);
  const vectors = u32(bRow >> 4);
  if (vectors > 2 && k * n > DIRECT && m >= 4) {
    let panel = scratch;
    for (let v: u32 = 0; v < vectors; v += 2) {
      const width = min<u32>(2, vectors - v);
      pack(panel, b + usize(v << 4), bRow, k, width);
      panel += (usize(k) << 4) * usize(width);
    }
    packedProduct<T>(c, a, scratch, m, n, k, beta);
    return;
  }
  const aRow = rowBytes<T>(k);
  let v: u32 = 0;
  for (; v + 2 <= vectors; v += 2) {
    const at = usize(v << 4);
    panel2<T>(c + at, bRow, a, aRow, sizeof<T>(), b + at, bRow, m, k, beta);
  }
  if (v < vectors) panel1<T>(c + usize(v << 4), bRow, a, aRow, sizeof<T>(), b + usize(v << 4), bRow, m, k, beta);
}

/** C[m×n] = β C + A[m×k] B[n×k]ᵀ. `scratch`: k rows of n padded numbers. */
export function gemm_nt<T extends number>(
  c: usize,
  a: usize,
  b: usize,
  scratch: usize,
  m: u32,
  n: u32,
  k: u32,
  beta: i32,
): void {
  const bRow = rowBytes<T>(k);
  const vectors = u32(rowBytes<T>(n) >> 4);
  let panel = scratch;
  for (let v: u32 = 0; v < vectors; v += 2) {
    const width = min<u32>(2, vectors - v);
    const step = usize(width) << 4;
    for (let w: u32 = 0; w < width; w++) {
      const row = (v + w) * lanes<T>();
      packTransposed<T>(panel + usize(w << 4), step, b + usize(row) * bRow, bRow, min<u32>(lanes<T>(), n - row), k);
    }
    panel += usize(k) * step;
  }
  packedProduct<T>(c, a, scratch, m, n, k, beta);
}

/** to <- to + from over m rows of a panel of `vectors` vectors. */
function addPanel<T extends number>(to: usize, from: usize, m: u32, vectors: u32): void {
  const end = to + (usize(m * vectors) << 4);
  for (; to < end; to += 16, from += 16) v128.store(to, v128.add<T>(v128.load(to), v128.load(from)));
}

/** One panel of Aᵀ B over the rows [first, last) of the sum. */
function shardPanel<T extends number>(
  c: usize,
  cRow: usize,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  m: u32,
  vectors: u32,
  first: u32,
  last: u32,
  beta: i32,
): void {
  const from = usize(first);
  const k = last > first ? last - first : 0;
  if (vectors == 2) panel2<T>(c, cRow, a + from * aStep, aRow, aStep, b + from * bStep, bStep, m, k, beta);
  else panel1<T>(c, cRow, a + from * aStep, aRow, aStep, b + from * bStep, bStep, m, k, beta);
}

/**
 * C[m×n] = β C + A[k×m]ᵀ B[k×n], the sum over the k rows in `shards` (a power of two up to 8) runs of `shardRows` rows,
 * added as a binary tree: ((s₀+s₁)+(s₂+s₃))+((s₄+s₅)+(s₆+s₇)). `scratch`: (2 k + 6 m) vectors for B's panel and the
 * partial sums.
 */
export function gemm_tn<T extends number>(
  c: usize,
  a: usize,
  b: usize,
  scratch: usize,
  m: u32,
  n: u32,
  k: u32,
  beta: i32,
  shards: u32,
  shardRows: u32,
): void {
  const cRow = rowBytes<T>(n);
  const aRow = rowBytes<T>(m);
  const total = u32(cRow >> 4);
  const packed = total > 2 && m >= 8;
  const partial = scratch + (usize(k) << 5);
  for (let v: u32 = 0; v < total; v += 2) {
    const vectors = min<u32>(2, total - v);
    const width = usize(vectors) << 4;
    const target = c + usize(v << 4);
    let panel = b + usize(v << 4);
    let panelStep = cRow;
    if (packed) {
      pack(scratch, panel, cRow, k, vectors);
      panel = scratch;
      panelStep = width;
    }
    if (shards <= 1) {
      shardPanel<T>(target, cRow, a, sizeof<T>(), aRow, panel, panelStep, m, vectors, 0, k, beta);
      continue;
    }
    const size = usize(m) * width;
    for (let s: u32 = 0; s < shards; s += 2) {
      // The pair s, s + 1 goes to the level of the tree that is free next: level = number of carries of s / 2.
      const pair = s >> 1;
      let level = u32(0);
      while (((pair >> level) & 1) != 0) level++;
      const at = partial + usize(level) * size;
      const first = min<u32>(k, s * shardRows);
      const middle = min<u32>(k, first + shardRows);
      const last = min<u32>(k, middle + shardRows);
      const final = s + 2 >= shards;
      if (final && shards == 2 && beta == 0) {
        shardPanel<T>(target, cRow, a, sizeof<T>(), aRow, panel, panelStep, m, vectors, first, middle, 0);
        shardPanel<T>(target, cRow, a, sizeof<T>(), aRow, panel, panelStep, m, vectors, middle, last, 1);
        continue;
      }
      shardPanel<T>(at, width, a, sizeof<T>(), aRow, panel, panelStep, m, vectors, first, middle, 0);
      shardPanel<T>(at, width, a, sizeof<T>(), aRow, panel, panelStep, m, vectors, middle, last, 1);
      // Lower levels hold the earlier halves: fold them in from the left, (earlier + later).
      for (let l: u32 = 0; l < level; l++) {
        addPanel<T>(at, partial + usize(l) * size, m, vectors);
      }
      if (final) flush<T>(target, cRow, at, m, vectors, beta);
    }
  }
}

/** C = β C + panel. */
function flush<T extends number>(c: usize, cRow: usize, panel: usize, m: u32, vectors: u32, beta: i32): void {
  for (let i: u32 = 0; i < m; i++) {
    for (let v: u32 = 0; v < vectors; v++) {
      const at = c + usize(v << 4);
      const value = v128.load(panel);
      v128.store(at, beta != 0 ? v128.add<T>(v128.load(at), value) : value);
      panel += 16;
    }
    c += cRow;
  }
}
