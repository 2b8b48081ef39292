import { describe, expect, it } from "vitest";
import { coreModule } from "../../src/core/host/load.ts";
import * as scalar from "../../src/core/scalar.ts";
import * as exact from "../reference/bigmath.ts";

const family = [
  { name: "sin", of: scalar.sin, reference: exact.sin },
  { name: "cos", of: scalar.cos, reference: exact.cos },
  { name: "exp", of: scalar.exp, reference: exact.exp },
  { name: "log", of: scalar.log, reference: exact.log },
];

/** Bits of a double, for comparisons that see −0. */
function bits(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  return view.getBigUint64(0);
}

describe("scalar functions of the core", () => {
  it("need no imports", () => {
    expect(WebAssembly.Module.imports(coreModule())).toEqual([]);
  });

  it.each(family)("$name is within one ulp of 90 digits", ({ name, of, reference }) => {
    for (let i = 1; i < 2000; i++) {
      const x = name === "log" ? i * i * 1e-3 : (i - 1000) * 0.0371;
      expect(exact.ulps(of(x), reference(x)), `${name}(${x})`).toBeLessThan(1);
    }
  });

  it("pow is within one ulp of repeated multiplication in BigInt", () => {
    for (let base = 2; base < 40; base++) {
      for (let power = 0; power < 60; power++) {
        const exactly = { m: BigInt(base) ** BigInt(power), e: 0 };
        expect(exact.ulps(scalar.pow(base, power), exactly)).toBeLessThan(1);
      }
    }
    expect(scalar.pow(2, 0.5)).toBeCloseTo(Math.SQRT2, 15);
    expect(scalar.pow(10, -3)).toBeCloseTo(0.001, 18);
    expect(scalar.pow(-8, 1 / 3)).toBeNaN();
    expect(scalar.pow(0, 0)).toBe(1);
  });

  it("keep the special values", () => {
    expect(scalar.sin(-0)).toBe(-0);
    expect(scalar.cos(0)).toBe(1);
    expect(scalar.exp(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(scalar.log(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(scalar.log(-1)).toBeNaN();
    for (const { of } of family) expect(of(Number.NaN)).toBeNaN();
  });

  it("the bits never change", () => {
    const values = [scalar.sin(1), scalar.cos(1), scalar.exp(1), scalar.log(3), scalar.pow(1.1, 7.3), scalar.sin(1e22)];
    expect(values.map((v) => bits(v).toString(16))).toMatchInlineSnapshot(`
      [
        "3feaed548f090cee",
        "3fe14a280fb5068c",
        "4005bf0a8b145769",
        "3ff193ea7aad030b",
        "40000abbdb22bbdf",
        "bfeb453ab76bf397",
      ]
    `);
  });
});
