/** det(A − λ I) = 0: the eigenvalues of a real square matrix. */
import { OdenetError } from "../core/errors.ts";
import { hessenbergQR } from "./hessenbergQR.ts";

export interface Eigenvalue {
  readonly re: number;
  readonly im: number;
}

/** A square matrix: rows, or n² numbers row by row. */
export type SquareMatrix = ArrayLike<number> | readonly ArrayLike<number>[];

/** The eigenvalues, largest real part first; of a conjugate pair, the one above the real axis first. Throws `shape`, `value`. */
export function eigenvalues(matrix: SquareMatrix): Eigenvalue[] {
  const rows = squareRows(matrix);
  const scale = scaleOf(rows);
  const { re, im } = hessenbergQR(
    Float64Array.from(rows.flat(), (v) => v / scale),
    rows.length,
  );
  return Array.from(re, (x, k) => ({ re: scale * x, im: scale * (im[k] as number) })).sort(
    (a, b) => b.re - a.re || b.im - a.im,
  );
}

/** A power of two near the largest entry: dividing by it is exact, and squares neither overflow nor vanish. */
function scaleOf(rows: readonly number[][]): number {
  const largest = Math.max(...rows.flat().map(Math.abs));
  return largest === 0 ? 1 : 2 ** Math.max(-1000, Math.min(1000, Math.round(Math.log2(largest))));
}

function squareRows(matrix: SquareMatrix): number[][] {
  const length = matrix?.length ?? 0;
  const nested = length > 0 && typeof matrix[0] !== "number";
  const n = nested ? length : Math.sqrt(length);
  const rows = nested
    ? Array.from(matrix as readonly ArrayLike<number>[], (row) => Array.from(row ?? []))
    : Array.from({ length: Math.floor(n) }, (_, r) =>
        Array.from(matrix as ArrayLike<number>).slice(r * n, (r + 1) * n),
      );
  if (!Number.isInteger(n) || n === 0 || rows.some((row) => row.length !== n)) {
    throw new OdenetError(
      "shape",
      `eigenvalues: expected a square matrix, as n rows of n numbers or n · n numbers, got ${length} ${nested ? "rows of other lengths" : "numbers"}.`,
    );
  }
  for (const value of rows.flat()) {
    if (!Number.isFinite(value)) {
      throw new OdenetError("value", `eigenvalues: expected finite numbers, got ${String(value)} in the matrix.`);
    }
  }
  return rows;
}
