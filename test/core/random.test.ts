import { describe, expect, it } from "vitest";
import { OdenetError } from "../../src/core/errors.ts";
import { Random, streams } from "../../src/core/random.ts";

const draws = [
  { name: "uniform", draw: (r: Random, n: number) => r.uniform(n) },
  { name: "normal", draw: (r: Random, n: number) => r.normal(n) },
  { name: "integers", draw: (r: Random, n: number) => r.integers(n, 1000) },
  { name: "permutation", draw: (r: Random, n: number) => r.permutation(n) },
];

function moments(x: Float64Array): number[] {
  const mean = x.reduce((s, v) => s + v, 0) / x.length;
  return [mean, ...[2, 3, 4].map((k) => x.reduce((s, v) => s + (v - mean) ** k, 0) / x.length)];
}

describe("Random", () => {
  it.each(draws)("$name: same seed, same numbers; another seed or stream, others", ({ draw }) => {
    for (const seed of [0, 1, -1, 2 ** 40 + 3, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      expect(draw(new Random(seed), 50)).toEqual(draw(new Random(seed), 50));
      expect(draw(new Random(seed), 50)).not.toEqual(draw(new Random(seed, 1), 50));
      expect(draw(new Random(seed), 50)).not.toEqual(draw(new Random(seed < 0 ? seed + 1 : seed - 1), 50));
    }
    expect(draw(new Random(1), 50)).not.toEqual(draw(new Random(1 + 2 ** 32), 50));
    expect(draw(new Random(1), 50)).not.toEqual(draw(new Random(-1), 50));
  });

  it.each(draws)("$name: resumes at a saved position with the same numbers", ({ draw }) => {
    const random = new Random(5, streams.noise);
    draw(random, 37);
    const saved = random.position;
    const expected = draw(random, 41);
    const resumed = Random.at(5, streams.noise, saved);
    expect(draw(resumed, 41)).toEqual(expected);
    expect(resumed.position).toBe(random.position);
  });

  it.each(["uniform", "normal"] as const)("%s: drawing in parts is drawing at once, over many chunks", (name) => {
    const whole = new Random(3)[name](20001);
    const parts = new Random(3);
    const joined = [...parts[name](1), ...parts[name](9000), ...parts[name](11000)];
    expect(Float64Array.from(joined)).toEqual(whole);
    expect(parts.position).toBe(20001);
  });

  it("positions beyond 2^32 go on", () => {
    const random = Random.at(1, 0, 2 ** 40 - 3);
    const whole = random.uniform(6);
    expect(Random.at(1, 0, 2 ** 40).uniform(3)).toEqual(whole.slice(3));
  });

  it("uniform and normal numbers have their moments", () => {
    const uniform = moments(new Random(11).uniform(200000)) as [number, number, number, number];
    expect(uniform[0]).toBeCloseTo(0.5, 2);
    expect(uniform[1]).toBeCloseTo(1 / 12, 3);
    const normal = moments(new Random(11).normal(200000)) as [number, number, number, number];
    expect(Math.abs(normal[0])).toBeLessThan(0.01);
    expect(Math.abs(normal[1] - 1)).toBeLessThan(0.02);
    expect(Math.abs(normal[2])).toBeLessThan(0.03);
    expect(Math.abs(normal[3] - 3)).toBeLessThan(0.1);
  });

  it("integers are unbiased and below the bound", () => {
    for (const bound of [1, 2, 7, 2 ** 31 + 1, 2 ** 32]) {
      const x = new Random(2).integers(10000, bound);
      let mean = 0;
      for (const v of x) {
        expect(v).toBeLessThan(bound);
        mean += v / x.length;
      }
      expect(Math.abs(mean / bound - (bound - 1) / (2 * bound))).toBeLessThan(0.02);
    }
    const counts = new Array(6).fill(0);
    for (const v of new Random(4).integers(60000, 6)) counts[v]++;
    for (const count of counts) expect(Math.abs(count - 10000)).toBeLessThan(400);
  });

  it("permutations are permutations, every one of three elements equally often", () => {
    for (const n of [0, 1, 2, 10, 20000]) {
      const order = new Random(8).permutation(n);
      expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    }
    const random = new Random(9);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const key = random.permutation(3).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it("the first numbers never change", () => {
    expect(Array.from(new Random(0).uniform(3))).toMatchInlineSnapshot(`
      [
        0.39904647231489565,
        0.7357127860596914,
        0.9722412032044762,
      ]
    `);
    expect(Array.from(new Random(0).normal(3))).toMatchInlineSnapshot(`
      [
        0.6261979548903132,
        -0.046621016689691326,
        -1.678398894869179,
      ]
    `);
    expect(Array.from(new Random(0).permutation(8))).toMatchInlineSnapshot(`
      [
        6,
        1,
        2,
        5,
        7,
        0,
        3,
        4,
      ]
    `);
  });

  it.each([
    ["seed", () => new Random(0.5)],
    ["seed", () => new Random(Number.NaN)],
    ["seed", () => new Random(2 ** 53)],
    ["stream", () => new Random(0, -1)],
    ["stream", () => new Random(0, 2 ** 32)],
    ["position", () => Random.at(0, 0, -1)],
    ["count", () => new Random(0).uniform(-1)],
    ["count", () => new Random(0).permutation(1.5)],
    ["bound", () => new Random(0).integers(1, 0)],
    ["bound", () => new Random(0).integers(1, 2 ** 32 + 1)],
  ])("a wrong %s is an option error that names it", (what, make) => {
    expect(make).toThrow(OdenetError);
    expect(make).toThrow(what);
  });
});
