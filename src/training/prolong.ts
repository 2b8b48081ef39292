/**
 * Weights on a coarse time grid carried to a finer one: θ(t) is linear between the coarse sets, and constant behind the last.
 * From N to r N steps, set j of the fine grid lies at j / r on the coarse one.
 */
import type { Numbers } from "../core/host/memory.ts";
import type { WeightsInTime } from "../layers/weightsInTime.ts";

/** `"linear"`, or `"nearest"`: per step, the coarse step that the fine one lies in; at nodes, the nearest node, of two the earlier. */
export type Prolongation = "linear" | "nearest";

/** `values`: the coarse sets one after another. Returns the fine ones, for r = `factor` times as many steps. */
export function prolong(
  values: Numbers,
  coarseSteps: number,
  factor: number,
  weights: WeightsInTime,
  how: Prolongation = "linear",
): Float64Array<ArrayBuffer> {
  if (weights === "constant") return Float64Array.from(values);
  const perStep = weights === "perStep";
  const intervals = weights === "halfSteps" ? 2 * coarseSteps : coarseSteps;
  const coarse = perStep ? intervals : intervals + 1;
  const fine = perStep ? intervals * factor : intervals * factor + 1;
  const size = values.length / coarse;
  const result = new Float64Array(fine * size);
  for (let j = 0; j < fine; j++) {
    const whole = Math.floor(j / factor);
    const rest = j / factor - whole;
    const next = Math.min(whole + 1, coarse - 1);
    const nearest = !perStep && rest > 0.5 ? next : whole;
    for (let k = 0; k < size; k++) {
      const at = (set: number) => values[set * size + k] ?? Number.NaN;
      result[j * size + k] = how === "linear" ? (1 - rest) * at(whole) + rest * at(next) : at(nearest);
    }
  }
  return result;
}
