/**
 * The energy of each dynamics over time (docs/numerics.md): 1ᵀΣ(A y + b), 1ᵀΣ(K z + b) + 1ᵀΣ(Kᵀ y + b) …, Σ' = σ. A variable that
 * the integrator has at another time t_j + c h is moved to t_j first: z − c h ż; the velocity of a second order is d_j / h − c h ÿ.
 */

import type { Numbers } from "../core/host/memory.ts";
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
    const inspection = { where: "energy", ...choice, build: recordEnergies };
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

function parts({ context, state, integrator, c, initial }: StepView): readonly Tensor[] {
  const { record, h, field } = context;
  const [first, last] = [state[0], state.at(-1)];
  if (!first || !last) return [];
  if (field.kind === "vector") return field.energy?.(last, c) ?? [];
  const [lives = 0] = integrator.lives?.(context, initial) ?? [];
  if (field.kind === "partitioned") {
    const [factor, slope] = field.first(last, c);
    const moved: [number, Tensor] = [-lives * (factor * h), slope];
    const p = lives === 0 ? first : combine(record, [[1, first], moved]);
    return field.energy?.(p, last, c) ?? [];
  }
  const [factor, acceleration] = field.acceleration(last, c);
  const velocity = combine(record, [
    [1 / h, first],
    [lives === 0 ? 0 : -lives * (factor * h), acceleration],
  ]);
  return [...(field.energy?.(last, c) ?? []), velocity];
}
