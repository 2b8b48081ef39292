/** The times of a method that chooses its own steps, asked for where the layer is recorded. */
import { OdenetError } from "../core/errors.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import { combine } from "../operations/combine.ts";
import { toImage } from "../operations/images.ts";
import { asFeatures, type OdePlan } from "./odePlan.ts";
import type { LayerContext } from "./parameters.ts";

/** 0, …, T for these features; none while the steps of the layers before are looked for. Throws `option` for a probe of each step. */
export function chosenTimes(plan: OdePlan, context: LayerContext, y: Tensor): readonly number[] {
  const { layer, integrator, name, letters, space, maps, rules } = plan;
  const { steps, stepSize, weights } = layer;
  // Where nobody looks for steps, as when a network's costs are counted, one stands for them.
  if (!context.grid || !integrator.adaptive) return [0, steps * stepSize];
  if (context.probe) {
    throw new OdenetError(
      "option",
      `layer ${name} (ode): expected steps that are given before the features are, to look at each of them, got ${integrator.name}, which chooses them. Write ode(…, { times }).`,
    );
  }
  return context.grid({
    name,
    y: asFeatures(context.record, y, plan),
    method: integrator.adaptive,
    finalTime: steps * stepSize,
    intervals: weights === "nodal" ? steps : undefined,
    letters,
    velocity(inner, at, weights) {
      const constant = (key: string) => inner.constant(`${name}.${key}`);
      const { record } = inner;
      const found = { record, space, maps, weights: () => weights, constant };
      const field = rules.field(layer.dynamics, found);
      if (field.kind !== "vector") throw new Error("ode: a method that chooses its steps has a vector field");
      const now = space.image ? toImage(record, at, space.columns) : at;
      return asFeatures(record, combine(record, [field.at(now, 0)]), plan);
    },
  });
}
