import type { Matrix } from "./vectors.ts";

/** M^{-1} by Gauss–Jordan elimination with row exchanges. */
export function inverse(M: Matrix<number>): number[][] {
  const n = M.length;
  const rows = M.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(rows[i]?.[k] as number) > Math.abs(rows[pivot]?.[k] as number)) pivot = i;
    }
    const lead = rows[pivot] as number[];
    rows[pivot] = rows[k] as number[];
    const scaled = lead.map((entry) => entry / (lead[k] as number));
    rows[k] = scaled;
    for (let i = 0; i < n; i++) {
      const factor = rows[i]?.[k] as number;
      if (i !== k) rows[i] = (rows[i] as number[]).map((entry, j) => entry - factor * (scaled[j] as number));
    }
  }
  return rows.map((row) => row.slice(n));
}
