/** What every pair gives does not depend on the batch, the precision, the depth of the network around it, or on JSON. */
import { describe, expect, it } from "vitest";
import { linear, network, networkFromJSON, softmaxCrossEntropy } from "../../src/index.ts";
import type { WeightsInTime } from "../reference/weights.ts";
import { expectAgreement, tolerances } from "../support/agreement.ts";
import { integers, symmetric } from "../support/draws.ts";
import { joiningPairs, kernelExample } from "../support/families.ts";
import { odeLayer, odeModel, startsOf, using, widthOf } from "../support/odeModels.ts";

const WIDTH = 6; // no whole number of float32 vectors, and even
const STEPS = 5;

describe.each(joiningPairs)("$kind, $kernel, with $integrator", (pair) => {
  const width = widthOf(pair, WIDTH);

  it.each(["f32", "f64"] as const)("gives each row the same bits in batches of 1 to 17, %s", async (precision) => {
    const subject = { width: WIDTH, options: { steps: STEPS, finalTime: 1.3 }, precision };
    await using(odeModel(pair, subject), (model) => {
      model.set(symmetric(3, model.get().length));
      const features = symmetric(4, 17 * width);
      const all = model.scores(features);
      for (let n = 1; n < 17; n++) {
        expect(model.scores(features.slice(0, n * width)), `first ${n}`).toEqual(all.slice(0, n * width));
        expect(model.scores(features.slice(-n * width)), `last ${n}`).toEqual(all.slice(-n * width));
      }
    });
  });

  it("agrees in float32 with float64", async () => {
    const run = (precision: "f32" | "f64") => {
      const options = { steps: STEPS, finalTime: 1.3, weights: "nodal" };
      const subject = { width: WIDTH, options, precision, after: [linear(3)], loss: softmaxCrossEntropy };
      return using(odeModel(pair, subject), (model) => {
        model.set(symmetric(5, model.get().length).map(Math.fround));
        const data = { features: symmetric(6, 9 * width).map(Math.fround), labels: integers(7, 9, 3) };
        return { scores: model.scores(data.features), gradient: model.gradient(data).gradient };
      });
    };
    const [single, double] = [await run("f32"), await run("f64")];
    expectAgreement("scores", single.scores, double.scores, tolerances.f32.values);
    expectAgreement("gradient", single.gradient, double.gradient, tolerances.f32.deep);
  });

  it.each(startsOf(pair.integrator))("states are the scores of its first steps, start %s", async (start) => {
    const h = 0.31;
    for (const weights of ["perStep", "halfSteps"] as const satisfies WeightsInTime[]) {
      const subject = (steps: number) => ({ width: WIDTH, options: { steps, stepSize: h, weights, start } });
      const whole = await odeModel(pair, subject(STEPS));
      for (const { name, shape } of whole.parameters) {
        whole.set(
          name,
          symmetric(
            name.length,
            shape.reduce((product, extent) => product * extent, 1),
          ),
        );
      }
      const features = symmetric(8, 3 * width);
      const [trajectory] = whole.states(features);
      expect(trajectory?.times).toEqual(Array.from({ length: STEPS + 1 }, (_, j) => j * h));
      expect(Array.from(trajectory?.values[0] ?? [])).toEqual(features);
      for (let steps = 1; steps <= STEPS; steps++) {
        await using(odeModel(pair, subject(steps)), (model) => {
          for (const { name, shape } of model.parameters) {
            const size = shape.reduce((product, extent) => product * extent, 1);
            model.set(name, whole.get(name).slice(0, size));
          }
          expect(trajectory?.values[steps], `y_${steps}`).toEqual(model.scores(features));
        });
      }
      whole.dispose();
    }
  });

  it("survives JSON", async () => {
    const start = startsOf(pair.integrator).at(-1);
    const options = { steps: STEPS, finalTime: 0.7, weights: "nodal", start, checkpoint: "sqrt" };
    const { input, shape } = kernelExample(pair, WIDTH);
    const net = network({ input: shape ?? input, layers: [odeLayer(pair, { width: WIDTH, options })] });
    const read = networkFromJSON(JSON.stringify(net));
    expect(read).toEqual(net);
    expect(JSON.stringify(read)).toBe(JSON.stringify(net));
  });
});
