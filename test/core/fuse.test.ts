import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createModel, type Model, type Network, resNet } from "../../src/index.ts";
import { fusions } from "../../src/operations/fusions.ts";
import { interpret } from "../reference/recording.ts";
import { symmetric } from "../support/draws.ts";
import { pairs, surface } from "../support/families.ts";
import { choices, drawRecording, keepAny, pullBack, runRecording, sendHome, tame } from "../support/recordings.ts";
import { networkFrom } from "../support/surface.ts";

describe("a fused plan", () => {
  it.each(["f64", "f32"] as const)("gives the bits of the plain one, forward and backward, in %s", (precision) => {
    let fused = 0;
    fc.assert(
      fc.property(choices, (numbers) => {
        const results = [fusions, []].map((rules) => {
          const drawn = drawRecording(numbers, { precision, examples: 40 });
          if (!tame(interpret(drawn.record, drawn.given))) return undefined;
          const { gradients } = pullBack(drawn, numbers);
          const kept = drawn.results.slice(-1).map((t) => keepAny(drawn.record, t));
          const homes = gradients.flatMap((g) => (g ? [sendHome(drawn, g)] : []));
          const { plan, read, readAt } = runRecording(drawn, rules);
          const values = [...kept.map(read), ...homes.map(({ tensor, address }) => readAt(tensor, address))];
          return { count: plan.count, values };
        });
        if (results[0] && results[1] && results[0].count < results[1].count) fused++;
        expect(results[0]?.values).toEqual(results[1]?.values);
      }),
      { numRuns: Number(process.env.RUNS ?? 300) },
    );
    expect(fused).toBeGreaterThan(4);
  });

  it.each(pairs)("gives the bits of the plain one for $kind with $integrator", async ({ kind, integrator }) => {
    const ode = {
      kind: "ode" as const,
      dynamics: { kind, activation: "sin" },
      integrator,
      steps: 4,
      weights: "nodal" as const,
    };
    const tail = { kind: "ode" as const, dynamics: { kind }, integrator, steps: 3 };
    const network = networkFrom(surface, {
      input: 6,
      layers: [{ kind: "dense", units: 6 }, ode, tail, { kind: "linear", units: 3 }],
    });
    const n = 33;
    const data = { features: symmetric(1, n * 6), labels: Array.from({ length: n }, (_, i) => i % 3) };
    for (const precision of ["f32", "f64"] as const) {
      const [fused, plain] = (await Promise.all(
        [true, false].map((fuse) => createModel(network as Network, { fuse, precision })),
      )) as [Model, Model];
      const v = symmetric(2, fused.get().length);
      expect(fused.gradient(data)).toEqual(plain.gradient(data));
      expect(fused.gaussNewton(data, v)).toEqual(plain.gaussNewton(data, v));
      expect(fused.hessianVector(data, v)).toEqual(plain.hessianVector(data, v));
      expect(fused.scores(data.features)).toEqual(plain.scores(data.features));
    }
  });

  it("makes one call of bias, activation and residual, and one of slope and column sum", async () => {
    const network = resNet({ input: 2, outputs: 3, width: 4, steps: 5 });
    const [fused, plain] = await Promise.all([true, false].map((fuse) => createModel(network, { fuse })));
    const lines = (text = "") => text.split("\n").length;
    expect(lines(plain?.describe(6)) - lines(fused?.describe(6))).toBe(6);
  });
});
