/** Solves A x = b for a symmetric positive definite A (n × n, row by row; its lower triangle is overwritten): A = L Lᵀ. */
export function solveCholesky(A: Float64Array, b: ArrayLike<number>): Float64Array {
  const n = b.length;
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    const row = A.subarray(i * n, (i + 1) * n);
    for (let j = 0; j <= i; j++) {
      const pivot = A.subarray(j * n, (j + 1) * n);
      let s = row[j] as number;
      for (let k = 0; k < j; k++) s -= (row[k] as number) * (pivot[k] as number);
      row[j] = i === j ? Math.sqrt(s) : s / (pivot[j] as number);
    }
    let s = x[i] as number;
    for (let k = 0; k < i; k++) s -= (row[k] as number) * (x[k] as number);
    x[i] = s / (row[i] as number);
  }
  for (let i = n - 1; i >= 0; i--) {
    let s = x[i] as number;
    for (let k = i + 1; k < n; k++) s -= (A[k * n + i] as number) * (x[k] as number);
    x[i] = s / (A[i * n + i] as number);
  }
  return x;
}
