import { CholeskyDecomposition, Matrix, QrDecomposition, SingularValueDecomposition } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { solveCholesky } from "../../src/analysis/cholesky.ts";
import { orthonormalize } from "../../src/analysis/gramSchmidt.ts";
import { singularValues } from "../../src/analysis/singularValues.ts";
import { Random } from "../../src/core/random.ts";

const matrix = (rows: number, columns: number, seed: number): Matrix =>
  Matrix.from1DArray(rows, columns, Array.from(new Random(seed).normal(rows * columns)));

describe.each([1, 2, 5, 20])("against ml-matrix, size %i", (n) => {
  it("solves with a symmetric positive definite matrix", () => {
    const root = matrix(n, n, n);
    const A = root.mmul(root.transpose()).add(Matrix.eye(n));
    const b = matrix(n, 1, 7);
    const x = new CholeskyDecomposition(A).solve(b).to1DArray();
    solveCholesky(Float64Array.from(A.to1DArray()), b.to1DArray()).forEach((v, k) => {
      expect(v).toBeCloseTo(x[k] as number, 10);
    });
  });

  it("returns |diag R|", () => {
    const A = matrix(n + 3, n, 100 + n);
    const R = new QrDecomposition(A).upperTriangularMatrix;
    orthonormalize(columnsOf(A)).forEach((r, k) => {
      expect(r).toBeCloseTo(Math.abs(R.get(k, k)), 12);
    });
  });

  it("finds singular values", () => {
    const A = matrix(n, n, 300 + n);
    const { diagonal } = new SingularValueDecomposition(A);
    singularValues(columnsOf(A)).forEach((s, k) => {
      expect(s).toBeCloseTo([...diagonal].sort((a, b) => b - a)[k] as number, 12);
    });
  });

  it("makes vectors orthonormal, nearly dependent ones too", () => {
    const A = matrix(n + 3, n, 200 + n);
    if (n > 1) for (let r = 0; r < n + 3; r++) A.set(r, 1, A.get(r, 0) + 1e-9 * A.get(r, 1));
    const vectors = columnsOf(A);
    orthonormalize(vectors);
    vectors.forEach((p, i) => {
      vectors.forEach((q, j) => {
        const inner = p.reduce((s, x, k) => s + x * (q[k] as number), 0);
        expect(Math.abs(inner - (i === j ? 1 : 0))).toBeLessThan(1e-14);
      });
    });
  });
});

const columnsOf = (A: Matrix): Float64Array[] =>
  Array.from({ length: A.columns }, (_, k) => Float64Array.from(A.getColumn(k)));
