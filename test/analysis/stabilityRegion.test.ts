import { describe, expect, it } from "vitest";
import { imaginaryLimit, integrators, stabilityRegion } from "../../src/index.ts";

const limits: Readonly<Record<string, number>> = {
  euler: 0,
  midpoint: 0,
  heun: 0,
  rk3: Math.sqrt(3),
  rk4: 2 * Math.SQRT2,
  implicitMidpoint: Number.POSITIVE_INFINITY,
  leapfrogMidpoint: 1,
  verlet: 2,
  leapfrog: 2,
};
const named = Object.entries(limits).map(([name, limit]) => ({
  name,
  limit,
  method: (integrators as unknown as Record<string, (typeof integrators)["rk4"]>)[name] as (typeof integrators)["rk4"],
}));
const window = { re: { from: -3, to: 1, points: 41 }, im: { from: -3, to: 3, points: 61 } };

describe("stabilityRegion", () => {
  it.each(named)("$name holds the imaginary axis up to $limit", ({ method, limit }) => {
    const found = imaginaryLimit(method);
    if (Number.isFinite(limit)) expect(Math.abs(found - limit)).toBeLessThan(1e-9);
    else expect(found).toBe(limit);
  });

  it.each(named)("$name: only methods whose stable set is a segment have one", ({ name, method, limit }) => {
    const { segments, stable } = stabilityRegion(method, window);
    if (!["leapfrogMidpoint", "verlet", "leapfrog"].includes(name)) return expect(segments).toEqual([]);
    expect(segments.length).toBe(1);
    expect(segments[0]?.to.im).toBeCloseTo(limit, 9);
    expect(segments[0]?.from.im).toBeCloseTo(-limit, 9);
    const offAxis = Array.from(stable)
      .filter((_, k) => Math.floor(k / 61) !== 30)
      .filter((s) => s === 1);
    expect(offAxis.length).toBe(0);
  });

  it("Euler's region is the disc |1 + z| ≤ 1", () => {
    const { re, im, stable } = stabilityRegion(integrators.euler, window);
    re.forEach((x, i) => {
      im.forEach((y, j) => {
        const inside = (1 + x) ** 2 + y ** 2;
        if (Math.abs(inside - 1) > 1e-9) expect(stable[i * im.length + j]).toBe(inside < 1 ? 1 : 0);
      });
    });
  });

  it("refuses a grid with one point", () => {
    expect(() => stabilityRegion(integrators.rk4, { re: { from: 0, to: 1, points: 1 }, im: window.im })).toThrow(
      /stabilityRegion: re: expected at least two points, got 1/,
    );
  });
});
