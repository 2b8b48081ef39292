/**
 * Matrix products C = β C + op(A) op(B), row-major, rows padded to whole vectors, β in {0, 1}.
 *
 *   nn   C[m×n] = A[m×k] B[k×n]        forward:          Z  = Y W
 *   nt   C[m×n] = A[m×k] B[n×k]ᵀ       input cotangent:  dY = dZ Wᵀ
 *   tn   C[m×n] = A[k×m]ᵀ B[k×n]       weight gradient:  dW = Yᵀ dZ, the sum over examples in shards
 *
 * Small operands are read in place, large ones copied into panels just before they are used (panels.ts). Every entry is
 * a sum over k in ascending order, whatever the number of rows, so that a row never depends on its neighbours.
 */
import { Packing } from "./opcodes";
import { packColumns, packRows, packTransposed } from "./panels";
import { lanes, rowBytes } from "./rows";
import { tile1, tile2, tileNarrow, tileRow, tileStream } from "./tiles";
import { tree1, tree2, treeNarrow } from "./trees";

/** Operands of a product nn up to this many numbers are read in place. */
const DIRECT: u32 = 2048;
/** A B of more bytes than this streams past one row instead of being read by columns. */
const STREAM_BYTES: usize = 393216;
/** Fewer rows than this do not pay for a copy of B. */
const ROWS_TO_PACK: u32 = 12;
/** A block of rows of A of about this many bytes stays in the second-level cache while the panels of B pass. */
const BLOCK_BYTES: u32 = 262144;
/** Rows of A in one block: a multiple of four, at least 64. */
function blockRows<T extends number>(m: u32, k: u32): u32 {
  const rows = (BLOCK_BYTES / (k * u32(sizeof<T>()) + 1)) & ~3;
  return min<u32>(m, max<u32>(rows, 64));
}

/** The panel of B from vector column v on: its k rows, or with `transposed` the transposed of its n rows. */
function packPanel<T extends number>(
  panel: usize,
  b: usize,
  n: u32,
  k: u32,
  v: u32,
  vectors: u32,
  transposed: bool,
): void {
  if (!transposed) {
    packRows(panel, b + usize(v << 4), rowBytes<T>(n), k, vectors);
    return;
  }
  const bRow = rowBytes<T>(k);
  for (let w: u32 = 0; w < vectors; w++) {
    const row = (v + w) * lanes<T>();
    const rows = min<u32>(lanes<T>(), n - row);
    packTransposed<T>(panel + usize(w << 4), usize(vectors << 4), b + usize(row) * bRow, bRow, rows, k);
  }
}

/** C = β C + A op(B), two panels of B at a time copied to `scratch` (4 k vectors). */
function packedProduct<T extends number>(
  c: usize,
  a: usize,
  b: usize,
  scratch: usize,
  m: u32,
  n: u32,
  k: u32,
  beta: i32,
  transposed: bool,
): void {
  const cRow = rowBytes<T>(n);
  const aRow = rowBytes<T>(k);
  const vectors = u32(cRow >> 4);
  const block = vectors > 4 ? blockRows<T>(m, k) : m;
  const second = scratch + (usize(k) << 5);
  for (let i: u32 = 0; i < m; i += block) {
    const rows = min<u32>(block, m - i);
    const aBlock = a + usize(i) * aRow;
    const cBlock = c + usize(i) * cRow;
    for (let v: u32 = 0; v < vectors; v += 4) {
      // Both halves of a cache line are copied before the tiles push it out.
      const all = min<u32>(4, vectors - v);
      packPanel<T>(scratch, b, n, k, v, min<u32>(2, all), transposed);
      if (all > 2) packPanel<T>(second, b, n, k, v + 2, all - 2, transposed);
      const at = cBlock + usize(v << 4);
      const one = min<u32>(2, all);
      panel<T>(at, cRow, aBlock, aRow, scratch, usize(one << 4), one, rows, k, beta);
      if (all > 2) panel<T>(at + 32, cRow, aBlock, aRow, second, usize((all - 2) << 4), all - 2, rows, k, beta);
    }
  }
}

/** C[m × 1 or 2 vectors] = β C + A B. */
function panel<T extends number>(
  c: usize,
  cRow: usize,
  a: usize,
  aRow: usize,
  b: usize,
  bStep: usize,
  vectors: u32,
  m: u32,
  k: u32,
  beta: i32,
): void {
  const whole = m & ~3;
  if (vectors == 2) tile2<T>(c, cRow, a, aRow, b, bStep, whole, k, beta);
  else tile1<T>(c, cRow, a, aRow, b, bStep, whole, k, beta);
  for (let i = whole; i < m; i++) {
    tileRow<T>(c + usize(i) * cRow, a + usize(i) * aRow, b, bStep, vectors, k, beta);
  }
}

/** C[m×n] = β C + A[m×k] B[k×n]. `scratch`: 4 k vectors, used when B is large. */
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
  if (vectors == 1 && k <= lanes<T>()) {
    tileNarrow<T>(c, a, b, bRow, m, k, beta);
    return;
  }
  if (vectors > 2 && k * n > DIRECT && m >= ROWS_TO_PACK) {
    packedProduct<T>(c, a, b, scratch, m, n, k, beta, false);
    return;
  }
  const aRow = rowBytes<T>(k);
  const whole = m & ~3;
  const large = usize(k) * bRow > STREAM_BYTES;
  if (whole != 0) {
    for (let v: u32 = 0; v < vectors; v += 2) {
      const at = usize(v << 4);
      if (v + 1 < vectors) tile2<T>(c + at, bRow, a, aRow, b + at, bRow, whole, k, beta);
      else tile1<T>(c + at, bRow, a, aRow, b + at, bRow, whole, k, beta);
    }
  }
  for (let i = whole; i < m; i++) {
    const cAt = c + usize(i) * bRow;
    const aAt = a + usize(i) * aRow;
    if (large && beta == 0) tileStream<T>(cAt, aAt, b, bRow, vectors, k);
    else tileRow<T>(cAt, aAt, b, bRow, vectors, k, beta);
  }
}

/** C[m×n] = β C + A[m×k] B[n×k]ᵀ. `scratch`: 4 k vectors. */
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
  if (n <= lanes<T>() && k <= lanes<T>()) {
    packTransposed<T>(scratch, 16, b, rowBytes<T>(k), n, k);
    tileNarrow<T>(c, a, scratch, 16, m, k, beta);
    return;
  }
  packedProduct<T>(c, a, b, scratch, m, n, k, beta, true);
}

/**
 * C[m×n] = β C + A[k×m]ᵀ B[k×n], the sum over the k rows in `shards` (a power of two up to 8) runs of `shardRows` rows,
 * added as a binary tree. `scratch`: 6 m' + 2 k vectors, and k rows of min(m', Packing.Columns) numbers where a shard's
 * rows of A reach Packing.ShardBytes; m' is m rounded up to four.
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
  const vectors = u32(cRow >> 4);
  if (shards <= 1) {
    shards = 1;
    shardRows = k;
  }
  if (vectors == 1 && m <= 3 && m <= lanes<T>() && shards > 1) {
    treeNarrow<T>(c, a, b, m, k, beta, shards, shardRows, scratch);
    return;
  }
  const long = k >= 16;
  const packA = long && aRow * usize(shardRows) >= usize(Packing.ShardBytes) && vectors >= 4;
  const packB = long && cRow * usize(shardRows) >= usize(Packing.ShardBytes) && m >= 16;
  const bPanel = scratch + usize((m + 3) & ~3) * 96;
  const aPacked = bPanel + (usize(k) << 5);
  // A few examples: C is written once, so its rows come first; else a block of A is kept for all panels of B.
  const block: u32 = k < 8 && usize(m) * cRow > 32768 ? 16 : Packing.Columns;
  const group: usize = 4 * sizeof<T>();
  for (let i: u32 = 0; i < m; i += block) {
    const columns = min<u32>(block, m - i);
    let aAt = a + usize(i) * sizeof<T>();
    let aBlock: usize = group;
    let aStep: usize = aRow;
    if (packA) {
      packColumns<T>(aPacked, aAt, aRow, columns, k);
      aAt = aPacked;
      aBlock = usize(k) * group;
      aStep = group;
    }
    for (let v: u32 = 0; v < vectors; v += 2) {
      const two = v + 1 < vectors;
      const target = c + usize(i) * cRow + usize(v << 4);
      let bAt = b + usize(v << 4);
      let bStep = cRow;
      if (packB) {
        packRows(bPanel, bAt, cRow, k, two ? 2 : 1);
        bAt = bPanel;
        bStep = two ? 32 : 16;
      }
      if (two) tree2<T>(target, cRow, aAt, aBlock, aStep, bAt, bStep, columns, k, beta, shards, shardRows, scratch);
      else tree1<T>(target, cRow, aAt, aBlock, aStep, bAt, bStep, columns, k, beta, shards, shardRows, scratch);
    }
  }
}
