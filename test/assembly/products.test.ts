/**
 * Every entry of a product is one sum over k in ascending order from zero, each multiplication and addition rounded; for
 * tn, one such sum a shard, added as a binary tree; then β C + sum. Held to the last bit, whatever the sizes.
 */
import { describe, expect, it } from "vitest";
import { instantiateCore } from "../../src/core/host/load.ts";
import { shardCount, shardRows } from "../../src/core/recording/shards.ts";
import { symmetric } from "../support/draws.ts";

const core = instantiateCore();
const allocate = core.arena_alloc as (bytes: number) => number;
const free = core.arena_free as (pointer: number) => void;

interface Precision {
  readonly name: string;
  readonly prefix: "s" | "d";
  readonly bytes: 4 | 8;
  readonly round: (x: number) => number;
  readonly array: Float32ArrayConstructor | Float64ArrayConstructor;
}
const precisions: Precision[] = [
  { name: "f32", prefix: "s", bytes: 4, round: Math.fround, array: Float32Array },
  { name: "f64", prefix: "d", bytes: 8, round: (x) => x, array: Float64Array },
];

type Kind = "nn" | "nt" | "tn";
interface Shape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly beta: 0 | 1;
}
type Matrix = readonly number[][];

function matrix(seed: number, rows: number, columns: number, { round }: Precision): number[][] {
  const values = symmetric(seed, rows * columns);
  return Array.from({ length: rows }, (_, r) => values.slice(r * columns, (r + 1) * columns).map(round));
}

/** Σ over p in [first, last) of a(p) b(p), ascending. */
function sum(first: number, last: number, a: (p: number) => number, b: (p: number) => number, p: Precision): number {
  let total = 0;
  for (let i = first; i < last; i++) total = p.round(total + p.round(a(i) * b(i)));
  return total;
}

/** ((s₀+s₁)+(s₂+s₃))+… over `count` shards from `first`. */
function tree(first: number, count: number, shard: (s: number) => number, { round }: Precision): number {
  if (count === 1) return shard(first);
  const half = count / 2;
  const p = { round } as Precision;
  return round(tree(first, half, shard, p) + tree(first + half, half, shard, p));
}

function emulate(kind: Kind, { m, n, k, beta }: Shape, a: Matrix, b: Matrix, c: Matrix, p: Precision): number[][] {
  const at = (x: Matrix, r: number, s: number) => x[r]?.[s] as number;
  const shards = shardCount(k);
  const run = shardRows(k, shards);
  return Array.from({ length: m }, (_, i) =>
    Array.from({ length: n }, (_, j) => {
      const left = (q: number) => (kind === "tn" ? at(a, q, i) : at(a, i, q));
      const right = (q: number) => (kind === "nt" ? at(b, j, q) : at(b, q, j));
      const shard = (s: number) => sum(Math.min(k, s * run), Math.min(k, (s + 1) * run), left, right, p);
      const total = kind === "tn" ? tree(0, shards, shard, p) : sum(0, k, left, right, p);
      return beta === 1 ? p.round(at(c, i, j) + total) : total;
    }),
  );
}

const padded = (columns: number, { bytes }: Precision) => (Math.ceil((columns * bytes) / 16) * 16) / bytes;

/** Copies a matrix into the arena, between two guards of NaN, rows padded with zeros. */
function place(x: Matrix, columns: number, p: Precision, blocks: number[]): number {
  const stride = padded(columns, p);
  const guard = 16;
  const block = allocate((x.length * stride + 2 * guard) * p.bytes);
  blocks.push(block);
  const view = new p.array(core.memory.buffer, block, x.length * stride + 2 * guard).fill(Number.NaN);
  for (const [r, row] of x.entries()) {
    view.fill(0, guard + r * stride, guard + (r + 1) * stride);
    view.set(row, guard + r * stride);
  }
  return block + guard * p.bytes;
}

function compute(kind: Kind, shape: Shape, a: Matrix, b: Matrix, c: Matrix, p: Precision): number[][] {
  const { m, n, k, beta } = shape;
  const blocks: number[] = [];
  const pointers = {
    c: place(c, n, p, blocks),
    a: place(a, kind === "tn" ? m : k, p, blocks),
    b: place(b, kind === "nt" ? k : n, p, blocks),
  };
  const rows4 = 4 * Math.ceil(m / 4);
  const scratchBytes = kind === "tn" ? 16 * (6 * rows4 + 2 * k) + k * Math.min(rows4, 128) * p.bytes : 64 * k;
  const scratch = allocate(scratchBytes + 64);
  blocks.push(scratch);
  const beyond = () => new Uint8Array(core.memory.buffer, scratch + scratchBytes, 64);
  beyond().fill(0xa5);
  const kernel = core[`${p.prefix}gemm_${kind}`] as (...operands: number[]) => void;
  const shards = shardCount(k);
  const sharded = kind === "tn" ? [shards, shardRows(k, shards)] : [];
  kernel(pointers.c, pointers.a, pointers.b, scratch, m, n, k, beta, ...sharded);
  expect(
    beyond().every((x) => x === 0xa5),
    "writes outside the scratch",
  ).toBe(true);
  const stride = padded(n, p);
  const all = new p.array(core.memory.buffer, pointers.c - 16 * p.bytes, m * stride + 32).slice();
  for (const block of blocks) free(block);
  expect(all.slice(0, 16).every(Number.isNaN) && all.slice(-16).every(Number.isNaN), "writes outside C").toBe(true);
  const values = Array.from({ length: m }, (_, r) => [...all.slice(16 + r * stride, 16 + (r + 1) * stride)]);
  expect(
    values.every((row) => row.slice(n).every((x) => x === 0)),
    "padding is zero",
  ).toBe(true);
  return values.map((row) => row.slice(0, n));
}

function operands(kind: Kind, { m, n, k }: Shape, p: Precision): [Matrix, Matrix, Matrix] {
  const seed = 1 + m + 100 * n + 10_000 * k;
  const a = kind === "tn" ? matrix(seed, k, m, p) : matrix(seed, m, k, p);
  const b = kind === "nt" ? matrix(seed + 1, n, k, p) : matrix(seed + 1, k, n, p);
  return [a, b, matrix(seed + 2, m, n, p)];
}

/** Where the kernels change their way: narrow and odd widths, tails, one example, panels, shards, copies. */
const small = [1, 2, 3, 4, 5, 8, 11];
const shapes: Shape[] = [
  ...small.flatMap((m) => small.flatMap((n) => small.map((k) => ({ m, n, k, beta: ((m + n + k) % 2) as 0 | 1 })))),
  ...[
    [1, 37, 20],
    [1, 128, 64],
    [13, 70, 40],
    [12, 130, 20],
    [66, 24, 100],
    [40, 8, 8],
    [5, 8, 40],
    [2, 8, 129],
    [3, 3, 255],
    [2, 2, 256],
    [4, 3, 40],
    [17, 19, 300],
    [130, 17, 33],
    [258, 20, 64],
    [65, 70, 65],
    [132, 40, 128],
  ].flatMap(([m = 0, n = 0, k = 0]) => [
    { m, n, k, beta: 0 as const },
    { m, n, k, beta: 1 as const },
  ]),
];

describe.each(precisions)("products in $name", (p) => {
  it.each<Kind>(["nn", "nt", "tn"])("%s is a sum in ascending order, to the last bit", (kind) => {
    for (const shape of shapes) {
      const [a, b, c] = operands(kind, shape, p);
      const { m, n, k, beta } = shape;
      const expected = emulate(kind, shape, a, b, c, p);
      expect(compute(kind, shape, a, b, c, p), `${m} × ${n} × ${k}, β = ${beta}`).toEqual(expected);
    }
  });

  it("tn with large shards copies its operands and keeps the bits", () => {
    const shape: Shape = { m: p.bytes === 4 ? 134 : 70, n: p.bytes === 4 ? 132 : 66, k: 1029, beta: 1 };
    const [a, b, c] = operands("tn", shape, p);
    expect(compute("tn", shape, a, b, c, p)).toEqual(emulate("tn", shape, a, b, c, p));
  });

  it("one example with a large second operand keeps the bits", () => {
    for (const m of [1, 3]) {
      const shape: Shape = { m, n: 400, k: 251, beta: 0 };
      const [a, b, c] = operands("nn", shape, p);
      expect(compute("nn", shape, a, b, c, p)).toEqual(emulate("nn", shape, a, b, c, p));
    }
  });

  it.each<Kind>(["nn", "nt"])("a row of %s never depends on its neighbours", (kind) => {
    for (const [n, k] of [
      [3, 2],
      [8, 8],
      [70, 66],
    ] as const) {
      const shape: Shape = { m: 23, n, k, beta: 0 };
      const [a, b, c] = operands(kind, shape, p);
      const together = compute(kind, shape, a, b, c, p);
      const alone = a.map((row) => compute(kind, { ...shape, m: 1 }, [row], b, [c[0] as number[]], p)[0]);
      expect(alone).toEqual(together);
    }
  });
});
