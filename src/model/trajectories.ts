/** The features of ode layers over time, forwards, and backwards where the integrator is reversible. */
import { OdenetError } from "../core/errors.ts";
import type { Numbers } from "../core/host/memory.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import { inChunks } from "./chunks.ts";
import type { Compiled } from "./compiled.ts";
import type { Engine } from "./engine.ts";
import type { Features } from "./examples.ts";
import { recipe } from "./recipe.ts";
import { recordReversal, recordStates } from "./recordings.ts";
import { selectFeatures } from "./selection.ts";

/** The features of one ode layer over time: `values[j]` holds n × n_f numbers at `times[j]`, example by example. */
export interface Trajectory {
  /** The layer's index. */
  readonly layer: string;
  readonly times: readonly number[];
  readonly values: Numbers[];
}

const states = recipe((engine, rows) => recordStates(engine, rows));

/** For each ode layer its features over time, y_0 … y_N. */
export function trajectoriesOf(engine: Engine, features: Features): Trajectory[] {
  const batch = selectFeatures(engine, features, "states");
  const result: Trajectory[] = [];
  inChunks(engine, states, batch, true, (plan, first) => {
    plan.handles.trajectories.forEach(({ name, times, parts }, t) => {
      const width = parts[0]?.columns ?? 0;
      const empty = () => times.map(() => engine.vectors.empty(batch.count * width));
      const whole = result[t] ?? { layer: name, times, values: empty() };
      result[t] = whole;
      if (!times.every((time, j) => time === whole.times[j]) || times.length !== whole.times.length) {
        const most = engine.rowsAtOnce(batch.count, true);
        throw new OdenetError(
          "length",
          `states: expected at most ${most} examples for layer ${name}, which chooses its steps for each ${most} anew, got ${batch.count}. Pass fewer at a time.`,
        );
      }
      readTrajectory(engine, plan, parts, whole, first);
    });
  });
  return result;
}

function readTrajectory(
  engine: Engine,
  plan: Compiled<unknown>,
  parts: readonly Tensor[],
  { values }: Trajectory,
  first: number,
): void {
  let time = 0;
  for (const part of parts) {
    const size = plan.rows * part.columns;
    const all = engine.vectors.empty(part.count * size);
    plan.read(part, all, 0);
    for (let j = 0; j < part.count; j++)
      values[time++]?.set(all.subarray(j * size, (j + 1) * size), first * part.columns);
  }
}

const reversal = recipe((engine, rows) => recordReversal(engine, rows), { alone: true });

/** ‖ŷ_0 − y_0‖ / ‖y_0‖ over all examples, ŷ_0 computed back from T; the largest over the layers with a reversible integrator. */
export function reversibilityErrorOf(engine: Engine, features: Features): number {
  const batch = selectFeatures(engine, features, "reversibilityError");
  const sums: { difference: number; size: number }[] = [];
  inChunks(engine, reversal, batch, true, (plan) => {
    if (plan.handles.pairs.length === 0) {
      throw new OdenetError(
        "option",
        "reversibilityError: expected an ode layer with a reversible integrator (verlet, leapfrog), got none. Use one, or { checkpoint } to save memory.",
      );
    }
    plan.handles.pairs.forEach(({ given, recovered }, k) => {
      sums[k] ??= { difference: 0, size: 0 };
      addDistance(plan.numbersOf(given), plan.numbersOf(recovered), sums[k]);
    });
  });
  return Math.max(...sums.map(({ difference, size }) => (difference === 0 ? 0 : Math.sqrt(difference / size))));
}

/** Adds ‖b − a‖² and ‖a‖². */
function addDistance(a: Numbers, b: Numbers, sums: { difference: number; size: number }): void {
  a.forEach((x, i) => {
    const d = (b[i] ?? Number.NaN) - x;
    sums.difference += d * d;
    sums.size += x * x;
  });
}
