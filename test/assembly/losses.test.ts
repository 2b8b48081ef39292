import { describe, expect, it } from "vitest";
import { Loss } from "../../assembly/opcodes.ts";
import { Memory } from "../../src/core/host/memory.ts";
import { Recorder } from "../../src/core/recording/recorder.ts";
import { shardCount, shardRows } from "../../src/core/recording/shards.ts";
import type { Precision, Tensor } from "../../src/core/recording/tensor.ts";
import { lossCall, lossEntries, losses } from "../../src/losses/index.ts";
import { lossHessian, lossOf } from "../../src/operations/loss.ts";
import { softmax } from "../../src/operations/softmax.ts";
import { interpret } from "../reference/recording.ts";
import { deviation } from "../support/agreement.ts";
import { symmetric } from "../support/draws.ts";
import { runRecording } from "../support/recordings.ts";

const callOf = (code: number) =>
  lossCall(losses[Object.values(lossEntries).find((entry) => entry.code === code)?.name ?? "logistic"]());
const cases = Object.values(lossEntries).flatMap(({ name, code: kind }) =>
  (["f32", "f64"] as const).map((precision) => ({ name, kind, precision })),
);

interface Run {
  readonly value: number;
  readonly gradient: number[];
  readonly hessian: number[];
  readonly probabilities: number[];
  readonly expected: (key: "value" | "gradient" | "hessian" | "probabilities") => readonly number[];
}

function run(precision: Precision, kind: Loss, columns: number, scores: number[], targets: number[], w = 1): Run {
  const record = new Recorder(precision);
  const memory = new Memory();
  const rows = scores.length / columns;
  const round = (x: number) => (precision === "f32" ? Math.fround(x) : x);
  const [s, c, v] = [
    record.input("s", rows, columns),
    record.input("c", rows, columns),
    record.input("v", rows, columns),
  ];
  const weight = record.shared("weight", { rows: 1, columns: 1, scalar: true }, memory.allocate(16, "weight"));
  const given = new Map<Tensor, number[]>([
    [s, scores.map(round)],
    [c, targets.map(round)],
    [v, symmetric(9, scores.length).map(round)],
    [weight, [w]],
  ]);
  const call = callOf(kind);
  const { value, gradient } = lossOf(record, call, { scores: s, targets: c, weight });
  const hessian = lossHessian(record, call, v, { scores: s, targets: c, weight });
  const probabilities = softmax(record, s);
  const tensors = { value, gradient, hessian, probabilities };
  for (const t of Object.values(tensors)) record.keep(t);
  const values = interpret(record, given);
  const drawn = { record, memory, given, leaves: [], results: [], stacks: [] };
  const { read } = runRecording(drawn);
  return {
    value: read(value)[0] as number,
    get gradient() {
      return read(gradient);
    },
    get hessian() {
      return read(hessian);
    },
    get probabilities() {
      return read(probabilities);
    },
    expected: (key) => values.get(tensors[key]) as number[],
  };
}

/** Rows of probabilities, or of zeros and ones. */
function targetsOf(kind: Loss, rows: number, columns: number): number[] {
  const draws = symmetric(5, rows * columns).map((x) => Math.abs(x) + 0.01);
  if (kind !== Loss.SoftmaxCrossEntropy) return draws;
  return draws.map((x, i) => {
    const row = Math.floor(i / columns) * columns;
    return x / draws.slice(row, row + columns).reduce((a, b) => a + b, 0);
  });
}

describe.each(cases)("$name in $precision", ({ kind, precision }) => {
  const tolerance = precision === "f32" ? 2e-6 : 1e-14;

  it.each([1, 2, 3, 4, 5, 8, 9, 1000])("value, gradient and Hessian product for %i columns", (columns) => {
    for (const rows of columns === 1000 ? [1, 3] : [1, 2, 7, 33, 130]) {
      const scores = symmetric(columns + rows, rows * columns, 4);
      const result = run(precision, kind, columns, scores, targetsOf(kind, rows, columns), 1 / rows);
      const exact = result.expected("value")[0] as number;
      expect(Math.abs(result.value - exact)).toBeLessThan(tolerance * Math.max(1, exact));
      expect(deviation(result.gradient, result.expected("gradient"))).toBeLessThan(tolerance);
      expect(deviation(result.hessian, result.expected("hessian"))).toBeLessThan(tolerance);
    }
  });

  it.each([1e4, 1e30])("stays finite and right for scores of ±%d", (size) => {
    if (kind === Loss.LeastSquares && size === 1e30 && precision === "f32") return;
    const scores = [size, -size, 0, -size, -size, size, 1, 0, 2, -0, -0, -0];
    const targets = [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0];
    const result = run(precision, kind, 3, scores, targets, 0.25);
    for (const key of ["gradient", "hessian"] as const) {
      expect(result[key].every(Number.isFinite)).toBe(true);
      expect(deviation(result[key], result.expected(key))).toBeLessThan(tolerance);
    }
    const exact = result.expected("value")[0] as number;
    expect(Math.abs(result.value / exact - 1)).toBeLessThan(tolerance);
  });

  it("never hides a NaN", () => {
    for (let at = 0; at < 5; at++) {
      const scores = symmetric(1, 10).map((x, i) => (i === at ? Number.NaN : x));
      expect(run(precision, kind, 5, scores, targetsOf(kind, 2, 5)).value).toBeNaN();
    }
  });

  it("the value is the binary tree of its shards, in double precision", () => {
    const columns = 3;
    for (const rows of [31, 32, 33, 64, 100, 129, 2048]) {
      const scores = symmetric(rows, rows * columns, 3);
      const targets = targetsOf(kind, rows, columns);
      const shards = shardCount(rows);
      const size = shardRows(rows, shards);
      const part = (s: number): number => {
        const [from, to] = [Math.min(rows, s * size) * columns, Math.min(rows, (s + 1) * size) * columns];
        let total = 0;
        for (let i = from; i < to; i += columns) {
          total += run(precision, kind, columns, scores.slice(i, i + columns), targets.slice(i, i + columns)).value;
        }
        return total;
      };
      const tree = (first: number, count: number): number =>
        count === 1 ? part(first) : tree(first, count / 2) + tree(first + count / 2, count / 2);
      if (rows < 2048) expect(run(precision, kind, columns, scores, targets).value).toBe(tree(0, shards));
      else expect(run(precision, kind, columns, scores, targets).value).toBeGreaterThan(0);
    }
  });
});

describe.each(["f32", "f64"] as const)("softmax in %s", (precision) => {
  it.each([1, 2, 3, 5, 8, 9, 1000])("%i probabilities are positive, sum to 1 and follow the scores", (columns) => {
    const scores = symmetric(columns, 6 * columns, 20);
    const { probabilities, expected } = run(
      precision,
      Loss.SoftmaxCrossEntropy,
      columns,
      scores,
      targetsOf(Loss.SoftmaxCrossEntropy, 6, columns),
    );
    for (let r = 0; r < 6; r++) {
      const row = probabilities.slice(r * columns, (r + 1) * columns);
      expect(row.every((p) => p >= 0)).toBe(true);
      expect(Math.abs(row.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(precision === "f32" ? 1e-6 : 1e-14);
    }
    expect(deviation(probabilities, expected("probabilities"))).toBeLessThan(precision === "f32" ? 2e-6 : 1e-14);
  });
});
