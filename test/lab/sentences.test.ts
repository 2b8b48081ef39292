import { describe, expect, it } from "vitest";
import type { FeatureView } from "../../src/lab/compute/flow.ts";
import {
  confusionSentence,
  curveSentence,
  gradientSentence,
  spectrumSentence,
  weightsSentence,
} from "../../src/lab/panelSentences.ts";
import { flowSentence, regionsSentence } from "../../src/lab/sentences.ts";
import { changed, initialState } from "../../src/lab/state.ts";
import { versus } from "../../src/lab/versus.ts";

/** Each panel's sentence says what its numbers say: the same panel with other numbers says something else. */
describe("sentences", () => {
  const flow = (reach: readonly number[], sides?: readonly number[]): FeatureView => ({
    times: reach.map((_, j) => j),
    points: reach.map(() => new Float32Array(8)),
    labels: Int32Array.from([0, 0, 1, 1]),
    projected: true,
    reach,
    ...(sides ? { sides: Uint8Array.from(sides), line: [1, 0, 0] as const } : {}),
  });

  it("of the way of the points", () => {
    const say = (reach: readonly number[], sides?: readonly number[]) => flowSentence(flow(reach, sides), initialState);
    expect(say([2, 3], [0, 0, 1, 1])).toMatch(/4 points in 16 steps to T = 4: .*1\.5 times.*parts all of them/);
    expect(say([2, 1], [0, 1, 1, 1])).toMatch(/1\.0 times.*1 end on the wrong side/);
    expect(say([2, 200], [0, 0, 1, 1])).toMatch(/grown 100 times. This network explodes/);
    expect(say([2, 4e5])).toContain("2 · 10⁵ times. This network explodes");
    expect(say([2, Number.NaN])).toContain("too large for numbers");
    expect(say([2, 0.001])).toContain("shrunk into one place");
  });

  it("of regions, curve, spectrum, gradients, weights, confusion", () => {
    const view = (accuracy: number) => ({
      training: { loss: 1, accuracy: 1 },
      validation: { loss: 1, accuracy },
      took: 0,
    });
    expect(regionsSentence(view(1), 20)).toContain("all 20 points");
    expect(regionsSentence(view(0.9), 20)).toContain("2 of the 20 points");
    const sample = (step: number, training: number, validation: number) => ({
      ...{ step, epoch: 0, training, validation },
      ...{ trainingAccuracy: 1, accuracy: 1 },
    });
    expect(curveSentence([sample(0, 1, 1)])).toContain("Press Train");
    expect(curveSentence([sample(0, 1, 1), sample(9, 0.5, 0.6)])).toMatch(
      /After 9 steps .*fallen from 1\.0 to 0\.50\.$/,
    );
    expect(curveSentence([sample(0, 1, 1), sample(9, 0.1, 0.6)])).toMatch(/6\.0 times as large.*by heart/);
    expect(curveSentence([sample(0, 1, 1), sample(1, 2, 2)])).toMatch(/After 1 step the loss has risen/);
    expect(spectrumSentence({ count: 8, outside: 0, most: 1 }, "Euler")).toContain("all lie where Euler does not");
    expect(spectrumSentence({ count: 8, outside: 3, most: 1.25 }, "Euler")).toContain(
      "3 lie where Euler amplifies, by up to 1.25",
    );
    const flowOf = (first: number, last: number) =>
      gradientSentence([first, last].map((adjoint, step) => ({ layer: "1", step, adjoint, gradient: 1 })));
    expect(flowOf(1, 1)).toContain("neither vanishes nor explodes");
    expect(flowOf(1e-6, 1)).toMatch(/1 · 10⁻⁶ times that at the last: gradients vanish/);
    expect(flowOf(1e6, 1)).toContain("explode");
    const times = [0, 1, 2];
    expect(weightsSentence({ times, values: Float64Array.from([1, 1, 1]) })).toContain("constant in time");
    expect(weightsSentence({ times, values: Float64Array.from([1, 1.1, 1.2]) })).toContain("smooth");
    expect(weightsSentence({ times, values: Float64Array.from([1, -1, 1]) })).toContain("rough");
    expect(
      confusionSentence(
        [
          [3, 0],
          [0, 4],
        ],
        ["a", "b"],
      ),
    ).toContain("7 of 7 examples set aside are found: none");
    expect(
      confusionSentence(
        [
          [3, 2],
          [1, 4],
        ],
        ["a", "b"],
      ),
    ).toContain("most often “a” is taken for “b”, 2 times");
  });

  it("of two networks: what they share and what tells them apart", () => {
    const a = changed(initialState, { dynamics: "layerField", integrator: "euler" });
    expect(versus(a, changed(a, { integrator: "rk4" }))).toBe("Same data, same seed: Euler | Runge–Kutta 4");
    expect(versus(a, changed(a, { steps: 4, seed: 2 }))).toBe("Same data: Steps N 16, Seed 1 | Steps N 4, Seed 2");
    expect(versus(a, a)).toContain("the same: change a setting");
  });
});
