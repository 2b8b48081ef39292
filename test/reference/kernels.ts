/**
 * The kernels' results bit for bit: every sum in the documented order, every operation rounded to the kernel's precision
 * (`round` is Math.fround for f32, the identity for f64). Matrices are plain row-major arrays without padding.
 */
export type Round = (x: number) => number;
export type Shards = readonly [count: number, rows: number];
type Matrix = ArrayLike<number>;

const at = (x: Matrix, i: number): number => x[i] as number;

/** Σ_p a(p) b(p) over [first, last) in ascending order, from zero. */
function ascending(first: number, last: number, term: (p: number) => [number, number], round: Round): number {
  let total = 0;
  for (let p = first; p < last; p++) {
    const [x, y] = term(p);
    total = round(round(x * y) + total);
  }
  return total;
}

/** The sum over rows in shards: ((s₀+s₁)+(s₂+s₃))+((s₄+s₅)+(s₆+s₇)). */
function tree(rows: number, [count, run]: Shards, part: (first: number, last: number) => number, round: Round): number {
  if (count <= 1) return part(0, rows);
  const sub = (first: number, n: number): number => {
    if (n === 1) return part(Math.min(rows, first * run), Math.min(rows, (first + 1) * run));
    return round(sub(first, n / 2) + sub(first + n / 2, n / 2));
  };
  return sub(0, count);
}

function matrix(rows: number, columns: number, entry: (i: number, j: number) => number): number[] {
  return Array.from({ length: rows * columns }, (_, q) => entry(Math.floor(q / columns), q % columns));
}

const start = (c: Matrix | undefined, i: number, value: number, round: Round) => (c ? round(at(c, i) + value) : value);

/** C = [C +] A B. */
export function gemmNN(a: Matrix, b: Matrix, [m, n, k]: readonly number[], round: Round, c?: Matrix): number[] {
  const [M, N, K] = [m as number, n as number, k as number];
  return matrix(M, N, (i, j) =>
    start(
      c,
      i * N + j,
      ascending(0, K, (p) => [at(a, i * K + p), at(b, p * N + j)], round),
      round,
    ),
  );
}

/** C = [C +] A Bᵀ. */
export function gemmNT(a: Matrix, b: Matrix, [m, n, k]: readonly number[], round: Round, c?: Matrix): number[] {
  const [M, N, K] = [m as number, n as number, k as number];
  return matrix(M, N, (i, j) =>
    start(
      c,
      i * N + j,
      ascending(0, K, (p) => [at(a, i * K + p), at(b, j * K + p)], round),
      round,
    ),
  );
}

/** C = [C +] Aᵀ B, the sum over the k rows in shards. */
export function gemmTN(
  a: Matrix,
  b: Matrix,
  [m, n, k]: readonly number[],
  round: Round,
  shards: Shards,
  c?: Matrix,
): number[] {
  const [M, N, K] = [m as number, n as number, k as number];
  return matrix(M, N, (i, j) => {
    const part = (first: number, last: number) =>
      ascending(first, last, (p) => [at(a, p * M + i), at(b, p * N + j)], round);
    return start(c, i * N + j, tree(K, shards, part, round), round);
  });
}

/** [out +] 1ᵀ x, the sum over rows in shards. */
export function columnSum(
  x: Matrix,
  rows: number,
  columns: number,
  round: Round,
  shards: Shards,
  out?: Matrix,
): number[] {
  return matrix(1, columns, (_, j) => {
    const part = (first: number, last: number) => ascending(first, last, (r) => [at(x, r * columns + j), 1], round);
    return start(out, j, tree(rows, shards, part, round), round);
  });
}

/** Σ c_i x_i, from the left. With two terms and c₀ = 1, x₀ is exact. */
export function combine(terms: readonly (readonly [number, Matrix])[], round: Round): number[] {
  const [[c0, x0] = [0, []], ...rest] = terms;
  return Array.from(x0, (x, i) =>
    rest.reduce((total, [c, y]) => round(round(round(c) * at(y, i)) + total), round(round(c0) * x)),
  );
}
