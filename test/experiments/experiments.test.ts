import { describe, expect, it } from "vitest";
import { type Experiment, experiments } from "../../src/experiments/index.ts";

const slow = new Set(["vanishing-gradients", "landscape", "depth-vs-width", "generalisation", "learn-stable"]);
const heavy = new Set(["objective-surface"]); // has its own test

const found = new Map<string, ReturnType<Experiment["run"]>>();

/** Each is run once for all tests. */
function foundBy(name: string) {
  const result = found.get(name) ?? (experiments[name] as Experiment).run({ seed: 0, quick: true });
  found.set(name, result);
  return result;
}

describe.each(Object.values(experiments).filter((e) => !heavy.has(e.name)))("$name", ({ name, title, see, run }) => {
  it("gives numbers that are JSON and figures that are SVG, the same twice", async () => {
    const found = await foundBy(name);
    expect(experiments[name]?.title).toBe(title);
    expect(see.split(/[.:] /).length).toBeGreaterThanOrEqual(2);
    expect(Object.keys(found.numbers).length).toBeGreaterThan(0);
    expect(Object.keys(found.figures).length).toBeGreaterThan(0);
    for (const svg of Object.values(found.figures)) {
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      expect(svg).not.toMatch(/NaN|undefined/);
    }
    if (slow.has(name)) return;
    const again = await run({ seed: 0, quick: true, theme: "dark", width: 300 });
    expect(JSON.stringify(again.numbers)).toBe(JSON.stringify(found.numbers));
  }, 60_000);
});

describe("what the figures show", () => {
  const numbersOf = async (name: string): Promise<unknown> => (await foundBy(name)).numbers;

  it("antisymmetric: Euler, heun and midpoint grow, rk3 and rk4 do not, the implicit midpoint rule keeps the norm", async () => {
    const { normGrowth } = (await numbersOf("antisymmetric")) as { normGrowth: Record<string, number> };
    for (const h of ["h", "h/2", "h/4", "h/8"]) expect(normGrowth[`euler, ${h}`]).toBeGreaterThan(1.1);
    for (const m of ["heun", "midpoint"]) expect(normGrowth[m]).toBeGreaterThan(1);
    for (const m of ["rk3", "rk4"]) expect(normGrowth[m]).toBeLessThan(1);
    expect(Math.abs((normGrowth.implicitMidpoint as number) - 1)).toBeLessThan(1e-10);
  });

  it("ode-crash-course: 148.4 at t = 10 though Re λ = −1/4", async () => {
    const { normAtTen, theirLargestChange } = (await numbersOf("ode-crash-course")) as {
      normAtTen: number;
      theirLargestChange: number;
    };
    expect(normAtTen).toBeCloseTo(Math.exp(5), 6);
    expect(theirLargestChange).toBeLessThan(1e-14);
  });

  it("learn-stable: ½(K − Kᵀ) has λ on the axis, the regularizers keep them from the right, timeSmoothness slows J", async () => {
    type Way = { eigenvaluesRightOfTheAxis: number; largestOfSymmetricPart: number; medianRate: number };
    const found = (await numbersOf("learn-stable")) as Record<string, Way>;
    const right = (way: string) => found[way]?.eigenvaluesRightOfTheAxis as number;
    const positive = (way: string) => found[way]?.largestOfSymmetricPart as number;
    expect(right("before training")).toBe(0);
    expect(right("plain")).toBeGreaterThan(0.2);
    expect(right("stabilityPenalty")).toBeLessThan(0.02);
    expect(right("stabilityProjection")).toBe(0);
    expect(positive("stabilityPenalty")).toBeLessThan(positive("plain") / 10);
    expect(positive("stabilityProjection")).toBeLessThan(1e-6);
    expect(found.timeSmoothness?.medianRate).toBeLessThan((found.plain?.medianRate as number) / 2);
  }, 60_000);

  it("generalisation: every network amplifies some perturbation of a test example", async () => {
    const { networks } = (await numbersOf("generalisation")) as {
      networks: Record<string, { largestSingularValue: { median: number; largest: number } }>;
    };
    expect(Object.keys(networks).length).toBe(4);
    for (const { largestSingularValue } of Object.values(networks)) {
      expect(largestSingularValue.median).toBeGreaterThan(0);
      expect(largestSingularValue.largest).toBeGreaterThan(Math.max(1, largestSingularValue.median));
    }
  }, 60_000);

  it("depth-is-time: outputs converge with the method's order", async () => {
    const { orders } = (await numbersOf("depth-is-time")) as { orders: Record<string, number> };
    for (const [name, order] of [
      ["heun", 2],
      ["rk3", 3],
      ["rk4", 4],
    ] as const)
      expect(Math.abs((orders[name] as number) - order)).toBeLessThan(0.5);
  }, 60_000);
});
