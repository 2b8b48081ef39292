/** The largest errors that docs/numerics.md states, measured again on the same arguments. */
import { describe, expect, it } from "vitest";
import { instantiateCore } from "../../src/core/host/load.ts";
import * as big from "../reference/bigmath.ts";
import { tableOf } from "./markdown.ts";

type Kernel = (y: number, x: number, n: number) => void;
const core = instantiateCore();
const LENGTH = 1 << 16;
const input = core.memory.grow(16) * 65536;
const output = input + 8 * LENGTH;
const STRIDE = 997; // of the bit patterns of f32
const POINTS = 1000; // of f64, in each of three samples

const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x: number) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
/** The f64 reference for f32, the reference of 90 digits for f64, and the ends of the f64 arguments. */
const family = [
  { name: "tanh", double: Math.tanh, exact: big.tanh, low: -25, high: 25 },
  { name: "exp", double: Math.exp, exact: big.exp, low: -745, high: 709 },
  { name: "log", double: Math.log, exact: big.log, low: 1e-300, high: 1e300 },
  { name: "sin", double: Math.sin, exact: big.sin, low: -1e5, high: 1e5 },
  { name: "cos", double: Math.cos, exact: big.cos, low: -1e5, high: 1e5 },
  { name: "sigmoid", double: sigmoid, exact: big.sigmoid, low: -745, high: 50 },
  { name: "softplus", double: softplus, exact: big.softplus, low: -745, high: 800 },
];

function worstSingle(name: string, reference: (x: number) => number): number {
  const x = new Float32Array(core.memory.buffer, input, LENGTH);
  const bits = new Uint32Array(core.memory.buffer, input, LENGTH);
  const y = new Float32Array(core.memory.buffer, output, LENGTH);
  let worst = 0;
  for (let next = 0; next < 2 ** 32; ) {
    for (let i = 0; i < LENGTH; i++, next += STRIDE) bits[i] = next < 2 ** 32 ? next : 0;
    (core[`s${name}`] as Kernel)(output, input, LENGTH);
    for (let i = 0; i < LENGTH; i++) {
      const exact = reference(x[i] as number);
      const got = y[i] as number;
      if (got === exact || got === Math.fround(exact) || !Number.isFinite(got)) continue;
      const exponent = Math.max(Math.floor(Math.log2(Math.abs(exact))), -126);
      worst = Math.max(worst, Math.abs(got - exact) / 2 ** (exponent - 23));
    }
  }
  return worst;
}

function worstDouble(name: string, reference: (x: number) => big.Big, low: number, high: number): number {
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const points: number[] = [];
  for (let i = 0; i < POINTS; i++) points.push(low + (high - low) * uniform());
  for (let i = 0; i < POINTS; i++) points.push(8 * uniform() - 4);
  for (let i = 0; i < POINTS; i++) points.push((1 + uniform()) * 2 ** (6 - (i % 64)) * (i % 2 ? 1 : -1));
  const inside = points.filter((p) => p >= low && p <= high);
  if (inside.length % 2) inside.pop();
  new Float64Array(core.memory.buffer, input, inside.length).set(inside);
  (core[`d${name}`] as Kernel)(output, input, inside.length);
  const y = new Float64Array(core.memory.buffer, output, inside.length);
  return inside.reduce((worst, p, i) => Math.max(worst, big.ulps(y[i] as number, reference(p))), 0);
}

describe("the measured errors in docs/numerics.md", () => {
  const rows = tableOf("docs/numerics.md", "function");

  it("cover the elementary functions", () => {
    expect(rows.map(([name]) => name)).toEqual(family.map(({ name }) => name));
  });

  it.each(family)("$name", ({ name, double, exact, low, high }) => {
    const measured = [worstSingle(name, double), worstDouble(name, exact, low, high)].map((ulp) => ulp.toFixed(2));
    const [, single, , doubled] = rows.find(([first]) => first === name) as string[];
    expect([single, doubled]).toEqual(measured);
  });
});
