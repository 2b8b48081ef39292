import { describe, expect, it } from "vitest";
import { expectAgreement } from "../support/agreement.ts";
import { clearOfKinks, expectLinear, expectTaylor } from "../support/taylor.ts";

const sine = (derivative: number) => ({ at: (h: number) => [Math.sin(0.7 + h)], derivative: [derivative] });
const relu = (x: number) => ({
  at: (h: number) => [Math.max(x + h, 0) ** 2 + Math.max(x + h, 0)],
  derivative: [x > 0 ? 2 * x + 1 : 0],
  kinks: (h: number) => [x + h],
});

describe("the Taylor test", () => {
  it("accepts a right derivative and rejects a wrong one", () => {
    expectTaylor("sin", sine(Math.cos(0.7)));
    expect(() => expectTaylor("sin", sine(Math.cos(0.7) * 1.001))).toThrow(/median of the slopes/);
    expect(() => expectTaylor("sin", sine(Number.NaN))).toThrow(/not finite/);
  });

  it("wants no remainder of a linear map", () => {
    const line = (derivative: number) => ({ at: (h: number) => [3 + 5 * h], derivative: [derivative] });
    expectLinear("line", line(5));
    expectTaylor("line", line(5));
    expect(() => expectLinear("line", line(5 + 1e-9))).toThrow(/allowed 1e-13/);
    expect(() => expectLinear("sin", sine(Math.cos(0.7)))).toThrow(/allowed 1e-13/);
  });

  it("refuses a draw with a kink within the largest step, and one that moves nothing", () => {
    expectTaylor("relu", relu(0.3));
    expect(() => expectTaylor("relu", relu(-0.1))).toThrow(/kink/);
    expect(() => expectTaylor("constant", { at: () => [1], derivative: [0] })).toThrow(/does not move/);
    expect(clearOfKinks((h) => [1e-3 + h, (h - 0.1) ** 2 + 1e-6], 0.2)).toBe(false);
  });
});

describe("agreement", () => {
  it("is norm-wise, and never holds for NaN or another length", () => {
    expectAgreement("close", [1, 1e-14], [1, 0], 1e-13);
    expectAgreement("small", [1e-16], [0], 1e-12);
    for (const actual of [[1, Number.NaN], [1], [1, 1e-6]]) {
      expect(() => expectAgreement("array", actual, [1, 0], 1e-12)).toThrow(/array: deviation/);
    }
  });
});
