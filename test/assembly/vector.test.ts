import { describe, expect, it } from "vitest";
import { symmetric } from "../support/draws.ts";
import { Bench } from "../support/kernels.ts";

describe.each(["f32", "f64"] as const)("dot in %s", (precision) => {
  const bench = new Bench(precision);

  it("is added in double precision, for every number of whole vectors", () => {
    for (let vectors = 0; vectors < 40; vectors++) {
      bench.clear();
      const n = (16 / (precision === "f32" ? 4 : 8)) * vectors;
      const [x, y] = [bench.rounded(symmetric(1, n)), bench.rounded(symmetric(2, n))];
      const out = bench.room(16);
      bench.call("dot", out, bench.put(1, n, x), bench.put(1, n, y), n);
      // Four running sums: number i goes to sum i mod 4.
      const sums = [0, 0, 0, 0];
      x.forEach((a, i) => {
        sums[i % 4] = (sums[i % 4] as number) + a * (y[i] as number);
      });
      const [s0, s1, s2, s3] = sums as [number, number, number, number];
      const got = new Float64Array(bench.numbers(out, 1).buffer, out, 1)[0];
      expect(got).toBe(s0 + s2 + (s1 + s3));
    }
  });

  it("carries infinities and NaN", () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      bench.clear();
      const out = bench.room(16);
      const x = bench.put(1, 8, [1, 2, 3, 4, 5, bad, 7, 8]);
      bench.call("dot", out, x, x, 8);
      expect(new Float64Array(bench.numbers(out, 1).buffer, out, 1)[0]).toBe(bad);
    }
  });
});
