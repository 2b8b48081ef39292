import { describe, expect, it } from "vitest";
import { coreModule, instantiateCore } from "../../src/core/host/load.ts";
import * as exact from "../reference/bigmath.ts";

const distance = exact.ulps;

type Map = (y: number, x: number, n: number) => void;
const core = instantiateCore();
const PAGES = 64;
const base = core.memory.grow(PAGES) * 65536;
const half = PAGES * 32768;

function mapSingle(name: string, x: Float32Array): Float32Array {
  new Float32Array(core.memory.buffer, base, x.length).set(x);
  (core[`s${name}`] as Map)(base + half, base, x.length);
  return new Float32Array(core.memory.buffer, base + half, x.length);
}

function mapDouble(name: string, x: Float64Array): Float64Array {
  new Float64Array(core.memory.buffer, base, x.length).set(x);
  (core[`d${name}`] as Map)(base + half, base, x.length);
  return new Float64Array(core.memory.buffer, base + half, x.length);
}

/** Units in the last place of f32 between `actual` and the f64 value `reference`. */
function ulps(actual: number, reference: number): number {
  if (Number.isNaN(reference)) return Number.isNaN(actual) ? 0 : Number.POSITIVE_INFINITY;
  if (actual === reference || actual === Math.fround(reference)) return 0;
  const got = Number.isFinite(actual) ? actual : Math.sign(actual) * 2 ** 128;
  const exponent = Math.min(Math.max(Math.floor(Math.log2(Math.abs(reference))), -126), 127);
  return Math.abs(got - reference) / 2 ** (exponent - 23);
}

interface Member {
  name: string;
  reference: (x: number) => number;
  exact: (x: number) => exact.Big;
  single: number; // ulp
  double: number;
  range: [number, number]; // where the f64 reference works
  special: [number, number][];
}

const inf = Number.POSITIVE_INFINITY;
const nan = Number.NaN;
const family: Member[] = [
  {
    name: "tanh",
    reference: Math.tanh,
    exact: exact.tanh,
    single: 2,
    double: 2,
    range: [-25, 25],
    special: [
      [0, 0],
      [-0, -0],
      [inf, 1],
      [-inf, -1],
      [nan, nan],
      [30, 1],
      [-30, -1],
      [1e30, 1],
    ],
  },
  {
    name: "exp",
    reference: Math.exp,
    exact: exact.exp,
    single: 1.5,
    double: 1.5,
    range: [-745, 709.7],
    special: [
      [0, 1],
      [-0, 1],
      [inf, inf],
      [-inf, 0],
      [nan, nan],
      [800, inf],
      [-800, 0],
      [1e-40, 1],
    ],
  },
  {
    name: "log",
    reference: Math.log,
    exact: exact.log,
    single: 1,
    double: 1,
    range: [5e-324, 1.7e308],
    special: [
      [0, -inf],
      [-0, -inf],
      [inf, inf],
      [-inf, nan],
      [nan, nan],
      [-1, nan],
      [1, 0],
      [-1e-40, nan],
    ],
  },
  {
    name: "sin",
    reference: Math.sin,
    exact: exact.sin,
    single: 2,
    double: 1,
    range: [-1e5, 1e5],
    special: [
      [0, 0],
      [-0, -0],
      [inf, nan],
      [-inf, nan],
      [nan, nan],
    ],
  },
  {
    name: "cos",
    reference: Math.cos,
    exact: exact.cos,
    single: 2,
    double: 1,
    range: [-1e5, 1e5],
    special: [
      [0, 1],
      [-0, 1],
      [inf, nan],
      [-inf, nan],
      [nan, nan],
    ],
  },
  {
    name: "sigmoid",
    reference: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
    exact: exact.sigmoid,
    single: 3,
    double: 3,
    range: [-745, 50],
    special: [
      [0, 0.5],
      [-0, 0.5],
      [inf, 1],
      [-inf, 0],
      [nan, nan],
      [50, 1],
      [-800, 0],
    ],
  },
  {
    name: "softplus",
    reference: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    exact: exact.softplus,
    single: 2,
    double: 2,
    range: [-745, 800],
    special: [
      [inf, inf],
      [-inf, 0],
      [nan, nan],
      [1e6, 1e6],
      [-800, 0],
    ],
  },
];

const odd = ["tanh", "sin"];

/** Doubles spread over the range and over all exponents, with neighbours of multiples of π/2 and of ln 2 / 2. */
function doubles([low, high]: [number, number]): Float64Array {
  const points: number[] = [];
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const push = (x: number) => {
    if (x >= low && x <= high) points.push(x);
  };
  for (let i = 0; i < 1500; i++) push(low + next() * (high - low));
  for (let i = 0; i < 1500; i++) push((next() - 0.5) * 8);
  for (let e = -1074; e < 1024; e += 5) {
    push((1 + next()) * 2 ** e);
    push(-(1 + next()) * 2 ** e);
  }
  for (let k = -300; k < 300; k++) {
    push(k * (Math.PI / 2));
    push(k * 37 * (Math.PI / 2));
    push(k * (Math.LN2 / 2));
    push(1 + k * 2 ** -52);
    push(2 ** -1022 + k * 2 ** -1074);
  }
  if (points.length % 2) points.pop();
  return Float64Array.from(points);
}

describe("vector functions", () => {
  it("leave the module without imports", () => {
    expect(WebAssembly.Module.imports(coreModule())).toEqual([]);
  });

  it.each(family)("s$name stays within $single ulp over all of f32", ({ name, reference, single }) => {
    const block = 1 << 18;
    const x = new Float32Array(block);
    const bits = new Uint32Array(x.buffer);
    let worst = 0;
    for (let next = 0; next < 2 ** 32; ) {
      for (let i = 0; i < block; i++, next += 997) bits[i] = next < 2 ** 32 ? next : 0;
      const y = mapSingle(name, x);
      for (let i = 0; i < block; i++) {
        const error = ulps(y[i] as number, reference(x[i] as number));
        if (error > worst) worst = error;
      }
    }
    expect(worst).toBeLessThanOrEqual(single);
  });

  it.each(family)("s$name stays within $single ulp where its pieces meet", ({ name, reference, single }) => {
    // All floats next to 0.2554 and multiples of ln 2 / 4, π / 4, 1 / 2.7: thresholds of the reductions.
    const points: number[] = [];
    const bits = new Uint32Array(1);
    const float = new Float32Array(bits.buffer);
    for (const unit of [0.2554, Math.LN2 / 4, Math.PI / 4, 0.5 / 2.7, Math.SQRT1_2, 0.88137358]) {
      for (let k = 1; k <= 128; k++) {
        float[0] = k * unit;
        const middle = bits[0] as number;
        for (let d = -64; d < 64; d++) {
          bits[0] = middle + d;
          points.push(float[0] as number, -(float[0] as number));
        }
      }
    }
    const x = Float32Array.from(points);
    const y = mapSingle(name, x);
    let worst = 0;
    for (let i = 0; i < x.length; i++) worst = Math.max(worst, ulps(y[i] as number, reference(x[i] as number)));
    expect(worst).toBeLessThanOrEqual(single);
  });

  it.each(family)("d$name stays within $double ulp of 90 digits", ({ name, exact, double, range }) => {
    const x = doubles(range);
    const y = mapDouble(name, x).slice();
    let worst = 0;
    let at = 0;
    x.forEach((value, i) => {
      const error = distance(y[i] as number, exact(value));
      if (error > worst) [worst, at] = [error, value];
    });
    if (process.env.ULPS) console.log(`d${name} ${worst} at ${at}`);
    expect(worst, `at ${at}`).toBeLessThanOrEqual(double);
  });

  it.each(family)("$name of 0, infinity, NaN and saturated arguments", ({ name, special }) => {
    for (const [x, y] of special) {
      expect(mapSingle(name, new Float32Array(4).fill(x))[0], `s${name}(${x})`).toBe(Math.fround(y));
      expect(mapDouble(name, new Float64Array(2).fill(x))[0], `d${name}(${x})`).toBe(y);
    }
  });

  it.each(odd)("%s is odd to the last bit", (name) => {
    const x = doubles([-1e5, 1e5]);
    expect(
      mapDouble(
        name,
        x.map((v) => -v),
      ).slice(),
    ).toEqual(mapDouble(name, x).map((v) => -v));
    const single = Float32Array.from(x).slice(0, x.length & ~3);
    expect(
      mapSingle(
        name,
        single.map((v) => -v),
      ).slice(),
    ).toEqual(mapSingle(name, single).map((v) => -v));
  });

  it.each(["tanh", "sigmoid"])("%s never leaves its range", (name) => {
    const x = Float32Array.from({ length: 1 << 18 }, (_, i) => (i / (1 << 18)) * 24);
    for (const y of mapSingle(name, x)) if (!(y <= 1)) throw new Error(`${name} ${y}`);
    const low = mapSingle(
      name,
      x.map((v) => -v),
    );
    for (const y of low) if (!(y >= (name === "tanh" ? -1 : 0))) throw new Error(`${name} ${y}`);
  });

  it.each(family)("a lane of $name does not depend on its neighbours", ({ name }) => {
    const values = [0.3, 1e6, Number.NaN, -1e-40, Number.POSITIVE_INFINITY, 5, -1, 0];
    for (const value of values) {
      const alone = mapSingle(name, new Float32Array(4).fill(value))[0];
      const aloneDouble = mapDouble(name, new Float64Array(2).fill(value))[0];
      for (const other of values) {
        expect(mapSingle(name, Float32Array.of(other, value, other, other))[1]).toBe(alone);
        expect(mapDouble(name, Float64Array.of(other, value))[1]).toBe(aloneDouble);
      }
    }
  });

  it.each(["sin", "cos"])("%s of huge arguments is reduced in full", (name) => {
    const x = Float64Array.of(1e22, -1e22, 2 ** 60, 1e300, 123456.789, -1e5 - 1);
    const scalar = core[name] as (x: number) => number;
    expect([...mapDouble(name, x)]).toEqual([...x].map((v) => scalar(v)));
    // sin(10²²) and cos(10²²) are the classic test of a reduction.
    expect(mapDouble(name, x)[0]).toBeCloseTo(name === "sin" ? -0.8522008497671888 : 0.5232147853951389, 15);
  });
});
