/**
 * Normalisation of rows × columns: x̂ = (x − μ) / √(σ² + ε), μ and σ² (biased) of each group of numbers. A group is one column of a
 * block of `per` rows, or, pooled, all of that block: with a row for each position of an image, one block an example is
 * instance or layer normalisation, one block for the whole batch is batch normalisation.
 *
 * Statistics are rows, one a block; where pooled, every column holds the same number. With ⟨·⟩ the mean over a group and
 * r = 1 / √(σ² + ε):
 *   dx̂ = r ∘ (dx − ⟨dx⟩ − x̂ ⟨dx ∘ x̂⟩)   (symmetric: its own adjoint)     dr = −r² ⟨dx ∘ x̂⟩
 *
 * Sums run over 16 rows at a time, which stay in the first-level cache, and then over those sums: their error grows with
 * rows / 16, and their order depends on the group alone.
 */
import { rowBytes } from "./rows";

const RUN: u32 = 16;

/** sum = 1ᵀ x over `rows` rows. */
function columnSums<T extends number>(sum: usize, x: usize, rows: u32, row: usize): void {
  memory.fill(sum, 0, row);
  for (let left = rows; left > 0; ) {
    const run = min<u32>(RUN, left);
    const size = usize(run) * row;
    for (let at: usize = 0; at < row; at += 16) {
      let s = v128.splat<T>(0 as T);
      for (let p = x + at, end = p + size; p < end; p += row) s = v128.add<T>(s, v128.load(p));
      v128.store(sum + at, v128.add<T>(v128.load(sum + at), s));
    }
    x += size;
    left -= run;
  }
}

/** sum = 1ᵀ (x ∘ y). */
function columnDots<T extends number>(sum: usize, x: usize, y: usize, rows: u32, row: usize): void {
  memory.fill(sum, 0, row);
  for (let left = rows; left > 0; ) {
    const run = min<u32>(RUN, left);
    const size = usize(run) * row;
    for (let at: usize = 0; at < row; at += 16) {
      let s = v128.splat<T>(0 as T);
      for (let p = at; p < size; p += row) {
        s = v128.add<T>(s, v128.mul<T>(v128.load(x + p), v128.load(y + p)));
      }
      v128.store(sum + at, v128.add<T>(v128.load(sum + at), s));
    }
    x += size;
    y += size;
    left -= run;
  }
}

/** sum = 1ᵀ (x − 1 μᵀ)². */
function columnSquares<T extends number>(sum: usize, x: usize, mean: usize, rows: u32, row: usize): void {
  memory.fill(sum, 0, row);
  for (let left = rows; left > 0; ) {
    const run = min<u32>(RUN, left);
    const size = usize(run) * row;
    for (let at: usize = 0; at < row; at += 16) {
      const centre = v128.load(mean + at);
      let s = v128.splat<T>(0 as T);
      for (let p = x + at, end = p + size; p < end; p += row) {
        const d = v128.sub<T>(v128.load(p), centre);
        s = v128.add<T>(s, v128.mul<T>(d, d));
      }
      v128.store(sum + at, v128.add<T>(v128.load(sum + at), s));
    }
    x += size;
    left -= run;
  }
}

/** Sum of one row, in double precision. */
function rowTotal<T extends number>(x: usize, row: usize): f64 {
  let total = f64x2.splat(0);
  for (const end = x + row; x < end; x += 16) {
    const v = v128.load(x);
    if (sizeof<T>() == 8) total = f64x2.add(total, v);
    else {
      const halves = f64x2.add(f64x2.promote_low_f32x4(v), f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 0)));
      total = f64x2.add(total, halves);
    }
  }
  return f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
}

/** The first `columns` numbers of a row become `value`, its padding zero. */
function fillRow<T extends number>(x: usize, value: T, columns: u32, row: usize): void {
  const filled = v128.splat<T>(value);
  for (let at: usize = 0; at < row; at += 16) v128.store(x + at, filled);
  const used = usize(columns) * sizeof<T>();
  memory.fill(x + used, 0, row - used);
}

/** A row of column sums over `rows` rows becomes the groups' means. */
function toMeans<T extends number>(sum: usize, rows: u32, columns: u32, row: usize, pooled: bool): void {
  if (pooled) {
    fillRow<T>(sum, (rowTotal<T>(sum, row) / (f64(rows) * f64(columns))) as T, columns, row);
    return;
  }
  const share = v128.splat<T>(rows as T);
  for (const end = sum + row; sum < end; sum += 16) v128.store(sum, v128.div<T>(v128.load(sum), share));
}

/** x̂, and the groups' r, μ and σ². out may be x. */
export function normalize<T extends number>(
  out: usize,
  r: usize,
  mean: usize,
  variance: usize,
  x: usize,
  rows: u32,
  columns: u32,
  per: u32,
  pooled: bool,
  epsilon: f64,
): void {
  const row = rowBytes<T>(columns);
  const used = usize(columns) * sizeof<T>();
  const one = v128.splat<T>(1 as T);
  const least = v128.splat<T>(epsilon as T);
  for (let first: u32 = 0; first < rows; first += per) {
    columnSums<T>(mean, x, per, row);
    toMeans<T>(mean, per, columns, row, pooled);
    columnSquares<T>(variance, x, mean, per, row);
    toMeans<T>(variance, per, columns, row, pooled);
    for (let at: usize = 0; at < row; at += 16) {
      const deviation = v128.sqrt<T>(v128.add<T>(v128.load(variance + at), least));
      v128.store(r + at, v128.div<T>(one, deviation));
    }
    memory.fill(r + used, 0, row - used);
    for (let k: u32 = 0; k < per; k++, x += row, out += row) {
      for (let at: usize = 0; at < row; at += 16) {
        const centred = v128.sub<T>(v128.load(x + at), v128.load(mean + at));
        v128.store(out + at, v128.mul<T>(centred, v128.load(r + at)));
      }
    }
    r += row;
    mean += row;
    variance += row;
  }
}

/** out = β out + r ∘ (u − ⟨u⟩ − x̂ ⟨u ∘ x̂⟩) and dr = −r² ⟨u ∘ x̂⟩. out may be u. scratch: two rows. */
export function normalize_slope<T extends number>(
  out: usize,
  dr: usize,
  u: usize,
  xhat: usize,
  r: usize,
  scratch: usize,
  rows: u32,
  columns: u32,
  per: u32,
  beta: i32,
  pooled: bool,
): void {
  const row = rowBytes<T>(columns);
  const mean = scratch;
  const product = scratch + row;
  const kept = i32x4.splat(beta ? -1 : 0); // beta out, as a mask
  for (let first: u32 = 0; first < rows; first += per, r += row, dr += row) {
    columnSums<T>(mean, u, per, row);
    toMeans<T>(mean, per, columns, row, pooled);
    columnDots<T>(product, u, xhat, per, row);
    toMeans<T>(product, per, columns, row, pooled);
    for (let k: u32 = 0; k < per; k++, u += row, xhat += row, out += row) {
      for (let at: usize = 0; at < row; at += 16) {
        const along = v128.mul<T>(v128.load(xhat + at), v128.load(product + at));
        const across = v128.sub<T>(v128.sub<T>(v128.load(u + at), v128.load(mean + at)), along);
        const value = v128.mul<T>(v128.load(r + at), across);
        v128.store(out + at, v128.add<T>(v128.and(v128.load(out + at), kept), value));
      }
    }
    for (let at: usize = 0; at < row; at += 16) {
      const s = v128.load(r + at);
      v128.store(dr + at, v128.neg<T>(v128.mul<T>(v128.mul<T>(s, s), v128.load(product + at))));
    }
  }
}

/** out = β out − r ∘ (w ⟨u ∘ x̂⟩ + x̂ ⟨u ∘ w⟩): how the slope changes with x̂, along w. scratch: two rows. */
export function normalize_curvature<T extends number>(
  out: usize,
  u: usize,
  w: usize,
  xhat: usize,
  r: usize,
  scratch: usize,
  rows: u32,
  columns: u32,
  per: u32,
  beta: i32,
  pooled: bool,
): void {
  const row = rowBytes<T>(columns);
  const given = scratch;
  const turned = scratch + row;
  const kept = i32x4.splat(beta ? -1 : 0);
  for (let first: u32 = 0; first < rows; first += per, r += row) {
    columnDots<T>(given, u, xhat, per, row);
    toMeans<T>(given, per, columns, row, pooled);
    columnDots<T>(turned, u, w, per, row);
    toMeans<T>(turned, per, columns, row, pooled);
    for (let k: u32 = 0; k < per; k++, u += row, w += row, xhat += row, out += row) {
      for (let at: usize = 0; at < row; at += 16) {
        const left = v128.mul<T>(v128.load(w + at), v128.load(given + at));
        const right = v128.mul<T>(v128.load(xhat + at), v128.load(turned + at));
        const value = v128.mul<T>(v128.load(r + at), v128.add<T>(left, right));
        v128.store(out + at, v128.sub<T>(v128.and(v128.load(out + at), kept), value));
      }
    }
  }
}
