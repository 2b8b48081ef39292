import { describe, expect, it } from "vitest";
import { Activation } from "../../assembly/opcodes.ts";
import { instantiateCore } from "../../src/core/host/load.ts";
import { activations } from "../../src/index.ts";
import { activationOf } from "../reference/activations.ts";

const core = instantiateCore();
const base = core.memory.grow(8) * 65536;
const SLOT = 65536;

type Numbers = Float32Array | Float64Array;
type Kernel = (...operands: number[]) => void;

interface Precision {
  name: string;
  prefix: "s" | "d";
  bytes: number;
  at: (slot: number, length: number) => Numbers;
}
const precisions: Precision[] = [
  { name: "f32", prefix: "s", bytes: 4, at: (s, n) => new Float32Array(core.memory.buffer, base + s * SLOT, n) },
  { name: "f64", prefix: "d", bytes: 8, at: (s, n) => new Float64Array(core.memory.buffer, base + s * SLOT, n) },
];
const [single, double] = precisions as [Precision, Precision];

/** Members, whether the saved tensor is the output, where σ' or σ'' jumps, and the reference in plain f64. */
interface Member {
  name: string;
  kind: number;
  savesOutput: boolean;
  kinks: readonly number[];
  value: (x: number) => number;
}
const members = Object.values(activations).map(({ name, code, fromOutput }): Member => {
  const { sigma, kinks } = activationOf(name);
  return { name, kind: code, savesOutput: fromOutput, kinks, value: sigma[0] as (x: number) => number };
});
const cases = members.flatMap((member) => precisions.map((precision) => ({ ...member, precision, p: precision.name })));
const X = 0;
const Y = 1;
const U = 2;
const V = 3;
const OUT = 4;
const address = (slot: number) => base + slot * SLOT;

function call(precision: Precision, name: string, ...operands: number[]): void {
  (core[`${precision.prefix}${name}`] as Kernel)(...operands);
}

function stride(precision: Precision, columns: number): number {
  const lanes = 16 / precision.bytes;
  return Math.ceil(columns / lanes) * lanes;
}

/** Writes rows × columns numbers with zero padding. */
function write(precision: Precision, slot: number, rows: number, columns: number, f: (i: number) => number): void {
  const width = stride(precision, columns);
  const memory = precision.at(slot, rows * width);
  memory.fill(0);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) memory[i * width + j] = f(i * columns + j);
}

/** Reads rows × columns numbers and checks that the padding is zero. */
function read(precision: Precision, slot: number, rows: number, columns: number): number[] {
  const width = stride(precision, columns);
  const memory = precision.at(slot, rows * width);
  const result: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < width; j++) {
      const value = memory[i * width + j] as number;
      if (j < columns) result.push(value);
      else if (value !== 0) throw new Error(`padding of row ${i} holds ${value}`);
    }
  }
  return result;
}

const points = Array.from({ length: 501 }, (_, i) => (i - 250) * 0.0317 + 0.00113); // −7.9 … 7.9, no kink among them

function map(precision: Precision, name: string, kind: number, x: number[]): number[] {
  write(precision, X, 1, x.length, (i) => x[i] as number);
  call(precision, name, address(Y), address(X), kind, 1, x.length);
  return read(precision, Y, 1, x.length);
}

/** σ'(x), or σ''(x) = dσ'/ds · ds/dx with the saved s: u = 1, v = ds/dx. */
function derivative(precision: Precision, order: 1 | 2, member: Member, x: number[]): number[] {
  write(precision, X, 1, x.length, (i) => x[i] as number);
  call(precision, "activate", address(Y), address(X), member.kind, 1, x.length);
  write(precision, U, 1, x.length, () => 1);
  const saved = address(member.savesOutput ? Y : X);
  if (order === 1) call(precision, "activate_derivative", address(OUT), address(U), saved, member.kind, 1, x.length, 0);
  else {
    write(precision, V, 1, x.length, () => 1);
    if (member.savesOutput) {
      call(precision, "activate_derivative", address(V), address(U), saved, member.kind, 1, x.length, 0);
    }
    const operands = [address(OUT), address(U), address(V), saved, member.kind, 1, x.length, 0];
    call(precision, "activate_second", ...operands);
  }
  return read(precision, OUT, 1, x.length);
}

function expectClose(actual: number[], expected: number[], tolerance: number): void {
  let worst = 0;
  let at = -1;
  actual.forEach((a, i) => {
    const e = expected[i] as number;
    const error = Math.abs(a - e) / Math.max(1, Math.abs(e));
    if (!(error <= worst)) [worst, at] = [error, i];
  });
  expect(worst, `at ${at}: ${actual[at]} for ${expected[at]}`).toBeLessThanOrEqual(tolerance);
}

/** Fourth-order central difference of f. */
function difference(f: (x: number[]) => number[], x: number[], h: number): number[] {
  const [a, b, c, d] = [-2, -1, 1, 2].map((k) => f(x.map((v) => v + k * h))) as [
    number[],
    number[],
    number[],
    number[],
  ];
  return x.map(
    (_, i) => ((a[i] as number) - 8 * (b[i] as number) + 8 * (c[i] as number) - (d[i] as number)) / (12 * h),
  );
}

describe("activations", () => {
  it.each(cases)("$name is its formula in $p", ({ kind, value, precision }) => {
    expectClose(map(precision, "activate", kind, points), points.map(value), precision === single ? 3e-7 : 1e-15);
  });

  it.each(members)("$name: the kernel of σ' is the derivative of σ", (member) => {
    const away = points.filter((x) => member.kinks.every((k) => Math.abs(x - k) > 0.01));
    const expected = difference((x) => map(double, "activate", member.kind, x), away, 1e-3);
    expectClose(derivative(double, 1, member, away), expected, 1e-11);
  });

  it.each(members)("$name: the kernel of σ'' is the derivative of σ'", (member) => {
    const away = points.filter((x) => member.kinks.every((k) => Math.abs(x - k) > 0.01));
    const expected = difference((x) => derivative(double, 1, member, x), away, 1e-3);
    expectClose(derivative(double, 2, member, away), expected, 1e-10);
  });

  it.each(members)("$name is the derivative of its antiderivative", (member) => {
    const away = points.filter((x) => member.kinks.every((k) => Math.abs(x - k) > 0.01));
    const slope = difference((x) => map(double, "activate_antiderivative", member.kind, x), away, 1e-3);
    expectClose(slope, away.map(member.value), 1e-11);
  });

  it.each(members)("$name in f32 agrees with f64", (member) => {
    const x = points.map(Math.fround);
    for (const order of [1, 2] as const) {
      expectClose(derivative(single, order, member, x), derivative(double, order, member, x), 1e-6);
    }
    const name = "activate_antiderivative";
    expectClose(map(single, name, member.kind, x), map(double, name, member.kind, x), 1e-6);
  });

  it.each(cases)("$name keeps padding zero for every width in $p, in place too", ({ kind, precision, savesOutput }) => {
    for (const [rows, columns] of [
      [1, 1],
      [5, 2],
      [3, 3],
      [6, 2],
      [11, 3],
      [4, 4],
      [7, 5],
      [2, 9],
      [3, 17],
    ] as const) {
      const whole = map(
        precision,
        "activate",
        kind,
        Array.from({ length: rows * columns }, (_, i) => Math.cos(i)),
      );
      write(precision, X, rows, columns, (i) => Math.cos(i));
      call(precision, "activate", address(Y), address(X), kind, rows, columns);
      expect(read(precision, Y, rows, columns)).toEqual(whole);
      write(precision, U, rows, columns, (i) => i + 1);
      write(precision, V, rows, columns, (i) => i - 1);
      const saved = address(savesOutput ? Y : X);
      call(precision, "activate_derivative", address(OUT), address(U), saved, kind, rows, columns, 0);
      const once = read(precision, OUT, rows, columns);
      call(precision, "activate_second", address(5), address(U), address(V), saved, kind, rows, columns, 0);
      const second = read(precision, 5, rows, columns);
      call(precision, "activate_derivative", address(U), address(U), saved, kind, rows, columns, 0);
      expect(read(precision, U, rows, columns)).toEqual(once);
      // beta = 1 adds to what is there.
      call(precision, "activate_derivative", address(OUT), address(V), saved, kind, rows, columns, 1);
      const sum = read(precision, OUT, rows, columns);
      call(precision, "activate_derivative", address(OUT), address(V), saved, kind, rows, columns, 0);
      const part = read(precision, OUT, rows, columns);
      expectClose(
        sum,
        once.map((o, i) => o + (part[i] as number)),
        1e-6,
      );
      write(precision, U, rows, columns, (i) => i + 1);
      write(precision, OUT, rows, columns, () => 100);
      call(precision, "activate_second", address(OUT), address(U), address(V), saved, kind, rows, columns, 1);
      expectClose(
        read(precision, OUT, rows, columns),
        second.map((s) => s + 100),
        1e-6,
      );
      call(precision, "activate_antiderivative", address(OUT), address(X), kind, rows, columns);
      read(precision, OUT, rows, columns);
      call(precision, "activate", address(X), address(X), kind, rows, columns);
      expect(read(precision, X, rows, columns)).toEqual(whole);
    }
  });

  it.each(cases)("$name lets NaN through and ignores what beta = 0 overwrites in $p", (member) => {
    const { kind, precision, savesOutput } = member;
    expect(map(precision, "activate", kind, [Number.NaN, 1])[0]).toBeNaN();
    write(precision, X, 1, 4, (i) => i / 4);
    call(precision, "activate", address(Y), address(X), kind, 1, 4);
    write(precision, OUT, 1, 4, () => Number.NaN);
    const saved = address(savesOutput ? Y : X);
    write(precision, U, 1, 4, () => 1);
    call(precision, "activate_derivative", address(OUT), address(U), saved, kind, 1, 4, 0);
    expect(read(precision, OUT, 1, 4).every(Number.isFinite)).toBe(true);
    write(precision, OUT, 1, 4, () => Number.NaN);
    call(precision, "activate_second", address(OUT), address(U), address(U), saved, kind, 1, 4, 0);
    expect(read(precision, OUT, 1, 4).every(Number.isFinite)).toBe(true);
  });

  it.each(precisions)("relu'(0) = 0 in $name", (precision) => {
    const relu = members[Activation.Relu] as Member;
    expect(derivative(precision, 1, relu, [0, -0, 1, -1])).toEqual([0, 0, 1, 0]);
  });

  it.each(precisions)("log cosh is x²/2 for small and |x| − ln 2 for large x in $name", (precision) => {
    const tolerance = precision === single ? 4e-7 : 1e-15;
    for (const x of [1e-9, 1e-5, 1e-3]) {
      const argument = precision === single ? Math.fround(x) : x;
      const value = map(precision, "activate_antiderivative", Activation.Tanh, [x])[0] as number;
      expect(value / ((argument * argument) / 2 - argument ** 4 / 12 + argument ** 6 / 45)).toBeCloseTo(
        1,
        precision === single ? 6 : 14,
      );
    }
    expectClose(
      map(precision, "activate_antiderivative", Activation.Tanh, [50, -1000]),
      [50 - Math.LN2, 1000 - Math.LN2],
      tolerance,
    );
  });

  it.each(precisions)("−Li₂(−eˣ) has its known values in $name", (precision) => {
    // −Li₂(−1) = π²/12; −Li₂(−e) by the inversion formula; eˣ far left; π²/6 + x²/2 far right.
    const values = map(precision, "activate_antiderivative", Activation.Softplus, [0, 1, -20, 60]);
    const left = Math.exp(-20) - Math.exp(-40) / 4;
    const one = Math.PI ** 2 / 6 + 0.5 - dilogarithm(-1);
    expectClose(values.slice(0, 2), [Math.PI ** 2 / 12, one], precision === single ? 4e-7 : 2e-15);
    expect((values[2] as number) / left).toBeCloseTo(1, precision === single ? 6 : 14);
    expectClose(values.slice(3), [Math.PI ** 2 / 6 + 1800], precision === single ? 4e-7 : 2e-15);
  });
});

/** −Li₂(−eˣ) for x ≤ −½ by its power series. */
function dilogarithm(x: number): number {
  let total = 0;
  for (let k = 400; k >= 1; k--) total += ((k % 2 ? 1 : -1) * Math.exp(k * x)) / (k * k);
  return total;
}
