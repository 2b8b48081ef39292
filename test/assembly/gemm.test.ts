import { describe, expect, it } from "vitest";
import type { Precision } from "../../src/core/recording/tensor.ts";
import { columnSum, gemmNN, gemmNT, gemmTN, type Shards } from "../reference/kernels.ts";
import { symmetric } from "../support/draws.ts";
import { Bench } from "../support/kernels.ts";

const precisions: readonly Precision[] = ["f32", "f64"];
type Size = readonly [m: number, n: number, k: number];

/** Every m, n, k of these, and sizes around what decides between direct and packed operands. */
const SMALL = [1, 2, 3, 4, 5, 7, 8, 9, 13, 17, 20];
const small: Size[] = SMALL.flatMap((m) => SMALL.flatMap((n) => SMALL.map((k): Size => [m, n, k])));
const odd = Array.from({ length: 20 }, (_, i): Size => [i + 1, 20 - i, ((7 * i) % 20) + 1]);
const large: Size[] = [
  [3, 64, 33],
  [4, 64, 32],
  [4, 64, 33],
  [5, 41, 50],
  [8, 9, 228],
  [11, 61, 37],
  [33, 20, 103],
  [70, 12, 1000],
];
const sizes = [...small, ...odd, ...large];

/** Runs of rows as the library makes them, and uneven and empty ones. */
function shardings(rows: number): Shards[] {
  const even = ([1, 2, 4, 8] as const).map((s): Shards => [s, 4 * Math.ceil(rows / (4 * s))]);
  return [...even, [2, rows], [4, 1], [8, Math.ceil(rows / 3)], [8, rows + 5]].filter(
    ([s, run]) => s * run >= rows,
  ) as Shards[];
}

const draw = (bench: Bench, seed: number, n: number) => bench.rounded(symmetric(seed, n));

describe.each(precisions)("products in %s, bit for bit", (precision) => {
  const bench = new Bench(precision);

  it.each([
    { name: "gemm_nn", of: gemmNN, transposed: false },
    { name: "gemm_nt", of: gemmNT, transposed: true },
  ])("$name: ascending sums, padding zero, C stored or added to", ({ name, of, transposed }) => {
    for (const [m, n, k] of sizes) {
      bench.clear();
      const [a, b, c] = [draw(bench, 1, m * k), draw(bench, 2, k * n), draw(bench, 3, m * n)];
      const operands = [bench.put(m, k, a), transposed ? bench.put(n, k, b) : bench.put(k, n, b)];
      const scratch = bench.put(k, n, new Array(k * n).fill(7));
      for (const beta of [0, 1]) {
        const out = bench.put(m, n, c);
        bench.call(name, out, ...(operands as [number, number]), scratch, m, n, k, beta);
        expect(bench.get(out, m, n), `${m}×${n}×${k}, β = ${beta}`).toEqual(
          of(a, b, [m, n, k], bench.round, beta ? c : undefined),
        );
      }
    }
  });

  it.each([
    { name: "gemm_nn", transposed: false },
    { name: "gemm_nt", transposed: true },
  ])("$name: a row does not depend on its neighbours", ({ name, transposed }) => {
    for (const [m, n, k] of [...odd, ...large]) {
      bench.clear();
      const [a, b] = [draw(bench, 1, m * k), draw(bench, 2, k * n)];
      const B = transposed ? bench.put(n, k, b) : bench.put(k, n, b);
      const scratch = bench.put(k, n, new Array(k * n).fill(7));
      const together = bench.put(m, n, new Array(m * n).fill(7));
      bench.call(name, together, bench.put(m, k, a), B, scratch, m, n, k, 0);
      const rows = bench.get(together, m, n);
      for (let i = 0; i < m; i++) {
        const alone = bench.put(1, n, new Array(n).fill(7));
        bench.call(name, alone, bench.put(1, k, a.slice(i * k, (i + 1) * k)), B, scratch, 1, n, k, 0);
        expect(bench.get(alone, 1, n)).toEqual(rows.slice(i * n, (i + 1) * n));
      }
    }
  });

  it("gemm_tn: each shard ascending, the shards as a binary tree", () => {
    const few = [...small.filter(([m, n]) => m % 4 === 1 || n % 5 === 0), ...odd, ...large].map(
      ([m, n, k], i): Size => [m, n, i % 3 === 0 ? 5 * k + 3 : k],
    );
    for (const [m, n, k] of few) {
      const [a, b, c] = [draw(bench, 4, k * m), draw(bench, 5, k * n), draw(bench, 6, m * n)];
      for (const [s, run] of shardings(k)) {
        bench.clear();
        const [A, B] = [bench.put(k, m, a), bench.put(k, n, b)];
        const scratch = bench.room(16 * (2 * k + 6 * (m + 3)) + 8 * k * 128);
        const beta = (m + s) % 2;
        const out = bench.put(m, n, c);
        bench.call("gemm_tn", out, A, B, scratch, m, n, k, beta, s, run);
        expect(bench.get(out, m, n), `${m}×${n}×${k}, ${s} shards of ${run}, β = ${beta}`).toEqual(
          gemmTN(a, b, [m, n, k], bench.round, [s, run], beta ? c : undefined),
        );
      }
    }
  });

  it("column_sum: each shard ascending, the shards as a binary tree", () => {
    for (const rows of [1, 2, 3, 5, 16, 31, 32, 33, 127, 130]) {
      for (const columns of [1, 2, 3, 4, 5, 8, 11]) {
        const x = draw(bench, 7, rows * columns);
        const start = draw(bench, 8, columns);
        for (const [s, run] of shardings(rows)) {
          for (const beta of [0, 1]) {
            bench.clear();
            const out = bench.put(1, columns, start);
            bench.call("column_sum", out, bench.put(rows, columns, x), rows, columns, beta, s, run);
            expect(bench.get(out, 1, columns), `${rows}×${columns}, ${s} shards of ${run}`).toEqual(
              columnSum(x, rows, columns, bench.round, [s, run], beta ? start : undefined),
            );
          }
        }
      }
    }
  });
});
