/**
 * The energy of each dynamics over time (docs/numerics.md): 1ᵀΣ(A y + b), 1ᵀΣ(K z + b) + 1ᵀΣ(Kᵀ y + b) …, Σ' = σ. A variable that
 * lives half a step early is moved to t_j first: z_j = z_{j−½} + h/2 ż; the velocity of leapfrog is d_j / h + h/2 ÿ.
 */

import type { Numbers } from "../core/host/memory.ts";
import type { Fields } from "../core/recording/field.ts";
import type { Recorder } from "../core/recording/recorder.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import type { OdeSteps, StepView } from "../layers/parameters.ts";
import { chunks } from "../model/chunks.ts";
import type { Features } from "../model/examples.ts";
import type { Model } from "../model/model.ts";
import { engineOf } from "../model/model.ts";
import { combine } from "../operations/combine.ts";
import { checkSameTimes, inspect, inspectedRows, type LayerChoice, type Recorded } from "./inspection.ts";

export interface Energy {
  readonly layer: string;
  readonly times: readonly number[];
  /** The mean over the examples at each time. */
  readonly values: Float64Array;
  /** By example, over time. */
  readonly examples: Float64Array[];
}

/** E(t_0) … E(t_N). For layerField 1ᵀΣ(K y + b), which nothing keeps. Throws `option` without an ode layer. */
export function energy(model: Model, features: Features, choice: LayerChoice = {}): Energy {
  const rows = inspectedRows(model, features, "energy");
  let layer = "";
  let times: readonly number[] = [];
  const examples: Float64Array[] = [];
  for (const { first, count } of chunks(engineOf(model), rows.count, true)) {
    const inspection = { kind: "energy", where: "energy", ...choice, build: recordEnergies };
    const { steps, results } = inspect(model, rows, first, count, inspection);
    if (first > 0) checkSameTimes(times, steps.times, "energy");
    ({ name: layer, times } = steps);
    const kinetic = steps.integrator.field === "secondOrder" ? results.length - 1 : -1;
    for (let i = 0; i < count; i++) {
      examples.push(
        Float64Array.from(times, (_, j) =>
          results.reduce((total, part, k) => total + rowSum(part[j] as Numbers, i, count, k === kinetic), 0),
        ),
      );
    }
  }
  const values = Float64Array.from(times, (_, j) => examples.reduce((s, e) => s + (e[j] as number), 0) / rows.count);
  return { layer, times, values, examples };
}

/** The sum of one example's numbers, or half of that of their squares. */
function rowSum(values: Numbers, example: number, rows: number, squared: boolean): number {
  const n = values.length / rows;
  let total = 0;
  for (let k = example * n; k < (example + 1) * n; k++) {
    const v = values[k] as number;
    total += squared ? (v * v) / 2 : v;
  }
  return total;
}

function recordEnergies(_record: Recorder, steps: OdeSteps): Recorded {
  return { stacks: steps.along((view) => parts(view), { final: true }) };
}

function parts(view: StepView): readonly Tensor[] {
  const { context, state, integrator, c, initial } = view;
  const { record, h, start } = context;
  const [first, last] = [state[0] as Tensor, state[state.length - 1] as Tensor];
  if (integrator.field === "vector") return (context.field as Fields["vector"]).energy?.(last, c) ?? [];
  const early = start === "full" || !initial;
  if (integrator.field === "partitioned") {
    const field = context.field as Fields["partitioned"];
    const together = !early || (start === "half" && field.strang);
    const [factor, slope] = field.first(last, c);
    const p = together
      ? first
      : combine(record, [
          [1, first],
          [(factor * h) / 2, slope],
        ]);
    return field.energy?.(p, last, c) ?? [];
  }
  const field = context.field as Fields["secondOrder"];
  const [factor, acceleration] = field.acceleration(last, c);
  const velocity = combine(record, [
    [1 / h, first],
    [early ? (factor * h) / 2 : 0, acceleration],
  ]);
  return [...(field.energy?.(last, c) ?? []), velocity];
}
