import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { eigenvalues, OdenetError } from "../../src/index.ts";

type Pair = { re: number; im: number };
const sorted = (values: readonly Pair[]) => [...values].sort((a, b) => a.re - b.re || a.im - b.im);

/** Every found eigenvalue has its own exact one within `error`. */
function agree(found: readonly Pair[], exact: readonly Pair[], error: number): void {
  expect(found.length).toBe(exact.length);
  const left = sorted(exact);
  for (const z of found) {
    const k = left.findIndex((w) => Math.hypot(z.re - w.re, z.im - w.im) <= error);
    expect(k, `no exact eigenvalue near ${z.re} + ${z.im} i`).toBeGreaterThanOrEqual(0);
    left.splice(k, 1);
  }
}

const square = (n: number, entry: (r: number, c: number) => number) =>
  Array.from({ length: n }, (_, r) => Array.from({ length: n }, (_, c) => entry(r, c)));

describe("eigenvalues", () => {
  it("of a companion matrix are the roots of its polynomial", () => {
    // (x − 1)(x − 2)(x² + 1) = x⁴ − 3x³ + 3x² − 3x + 2
    const coefficients = [2, -3, 3, -3];
    const C = square(4, (r, c) => (c === 3 ? -(coefficients[r] as number) : r === c + 1 ? 1 : 0));
    agree(
      eigenvalues(C),
      [
        { re: 1, im: 0 },
        { re: 2, im: 0 },
        { re: 0, im: 1 },
        { re: 0, im: -1 },
      ],
      1e-12,
    );
  });

  it("of a circulant matrix are the Fourier transform of its row", () => {
    const row = [3, -1, 4, 1, -5];
    const n = row.length;
    const exact = row.map((_, k) =>
      row.reduce(
        (s, c, j) => ({
          re: s.re + c * Math.cos((2 * Math.PI * j * k) / n),
          im: s.im + c * Math.sin((2 * Math.PI * j * k) / n),
        }),
        { re: 0, im: 0 },
      ),
    );
    agree(eigenvalues(square(n, (r, c) => row[(c - r + n) % n] as number)), exact, 1e-12);
  });

  it.each([2, 3, 8, 17])(
    "of an antisymmetric matrix of %i rows are purely imaginary, and so are those of diag(σ′) A",
    (n) => {
      const random = new Random(n, 4);
      const K = random.normal(n * n);
      const A = square(n, (r, c) => (K[r * n + c] as number) - (K[c * n + r] as number));
      for (const z of eigenvalues(A)) expect(Math.abs(z.re)).toBeLessThan(1e-12);
      const D = [...random.uniform(n)].map((u) => 0.05 + 0.95 * u);
      const DA = square(n, (r, c) => (D[r] as number) * (A[r]?.[c] as number));
      const similar = square(n, (r, c) => Math.sqrt((D[r] as number) * (D[c] as number)) * (A[r]?.[c] as number));
      agree(eigenvalues(DA), eigenvalues(similar), 1e-11);
      for (const z of eigenvalues(similar)) expect(Math.abs(z.re)).toBeLessThan(1e-12);
    },
  );

  it("take flat matrices, the largest real part first", () => {
    expect(eigenvalues([2, 0, 0, 5]).map((z) => z.re)).toEqual([5, 2]);
  });

  it.each([[[]], [[1, 2, 3]], [[[1, 2], [3]]], [[1, 2, Number.NaN, 4]]])("refuse %j", (matrix) => {
    expect(() => eigenvalues(matrix as never)).toThrow(OdenetError);
  });
});

describe("matrices of every kind", () => {
  const kinds: Readonly<Record<string, (K: number[][]) => number[][]>> = {
    general: (K) => K,
    antisymmetric: (K) => K.map((row, i) => row.map((v, j) => v - (K[j]?.[i] as number))),
    wave: (K) =>
      square(2 * K.length, (r, c) => {
        const n = K.length;
        if (r < n) return c === n + r ? 1 : 0;
        return c < n ? -K.reduce((s, row) => s + (row[r - n] as number) * (row[c] as number), 0) : 0;
      }),
    graded: (K) => K.map((row, i) => row.map((v) => v * 10 ** (4 * i))),
    "almost a multiple of the identity": (K) => K.map((row, i) => row.map((v, j) => 1e-9 * v + (i === j ? 0.5 : 0))),
    "with rows that a relu has closed": (K) => K.map((row) => ((row[0] as number) > 0 ? row : row.map(() => 0))),
    "with rows as small as numbers are": (K) => K.map((row, i) => row.map((v) => v * 10 ** (-29 * i))),
    nilpotent: (K) => K.map((row, i) => row.map((v, j) => (j > i ? v : 0))),
    integer: (K) => K.map((row) => row.map((v) => Math.round(v))),
  };

  it.each(Object.entries(kinds))(
    "%s: the sum is the trace, that of squares the trace of A², and it ends",
    (_, make) => {
      const random = new Random(5, 4);
      for (let k = 0; k < 60; k++) {
        const n = 1 + (k % 12);
        const draws = random.normal(n * n);
        const A = make(square(n, (r, c) => draws[r * n + c] as number));
        const norm = Math.hypot(...A.flat()) || 1;
        const found = eigenvalues(A);
        const trace = A.reduce((s, row, i) => s + (row[i] as number), 0);
        const squares = A.reduce((s, row, i) => s + row.reduce((t, v, j) => t + v * (A[j]?.[i] as number), 0), 0);
        expect(Math.abs(found.reduce((s, z) => s + z.re, 0) - trace) / norm).toBeLessThan(1e-13);
        expect(Math.abs(found.reduce((s, z) => s + z.re * z.re - z.im * z.im, 0) - squares) / norm ** 2).toBeLessThan(
          1e-12,
        );
        expect(Math.abs(found.reduce((s, z) => s + z.im, 0)) / norm).toBeLessThan(1e-13);
      }
    },
  );
});
