import { describe, expect, it } from "vitest";
import type { WeightsInTime } from "../reference/weights.ts";
import { expectAgreement } from "../support/agreement.ts";
import { integers, symmetric } from "../support/draws.ts";
import { joiningPairs, kernelExample, type Pair, surface } from "../support/families.ts";
import { modelFrom, networkFrom, type TestedModel } from "../support/surface.ts";

const WIDTH = 4; // even, for the partitioned dynamics
const STEPS = 4;

function model(pair: Pair, weights: WeightsInTime): Promise<TestedModel> {
  const { kind, integrator } = pair;
  const { dynamics, ...input } = kernelExample(pair, WIDTH);
  const ode = { kind: "ode", dynamics: { kind, ...dynamics }, integrator, steps: STEPS, weights } as const;
  const layers = [ode, { kind: "flatten" }, { kind: "linear", units: 3 }] as const;
  const network = networkFrom(surface, { ...input, layers });
  return modelFrom(surface, network, (surface.softmaxCrossEntropy as () => unknown)());
}

/** A constant θ is the same θ in every step, so its gradient is the sum over the steps. */
describe.each(joiningPairs)("constant weights are equal weights per step: $kind, $kernel, $integrator", (pair) => {
  it.each([1, 6, 17])("for %i examples", async (examples) => {
    const [constant, perStep] = [await model(pair, "constant"), await model(pair, "perStep")];
    const data = {
      features: symmetric(1, examples * kernelExample(pair, WIDTH).input),
      labels: integers(2, examples, 3),
    };
    for (const { name, shape } of constant.parameters) {
      const values = symmetric(
        name.length + shape.length,
        shape.reduce((product, extent) => product * extent, 1),
      );
      constant.set(name, values);
      perStep.set(name, name.startsWith("0.") ? Array.from({ length: STEPS }, () => values).flat() : values);
    }
    expectAgreement("scores", constant.scores(data.features), perStep.scores(data.features), 1e-13);

    const each = Array.from(perStep.gradient(data).gradient);
    let from = 0;
    const summed = constant.parameters.flatMap(({ name, shape }) => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      const sets = name.startsWith("0.") ? STEPS : 1;
      const values = each.slice(from, from + sets * size);
      from += sets * size;
      return Array.from({ length: size }, (_, i) =>
        Array.from({ length: sets }, (_, j) => values[j * size + i] as number).reduce((sum, entry) => sum + entry, 0),
      );
    });
    expect(from).toBe(each.length);
    expectAgreement("gradient", constant.gradient(data).gradient, summed, 1e-13);
    constant.dispose();
    perStep.dispose();
  });
});
