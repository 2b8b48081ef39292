/**
 * The times t_0 = 0 < t_1 < … < t_N = T of an ode layer: equal steps h = T / N, or any increasing times. On a grid of times,
 * weights in time stand at these times, or at equally spaced nodes of their own (`nodes: "uniform"`).
 */
import { OdenetError } from "../core/errors.ts";
import type { Integrator } from "../integrators/integrator.ts";
import { checkFinite, checkName, checkWhole, show } from "./shape.ts";
import type { WeightsInTime } from "./weightsInTime.ts";

export interface GridOptions {
  /** Number of time steps N. With `nodes: "uniform"`, and for dopri5, the number of intervals between nodal weights. */
  steps?: number;
  /** T, default 1. Give it or `stepSize`, not both. */
  finalTime?: number;
  /** h = T / N. */
  stepSize?: number;
  /** t_0 = 0 < t_1 < … < t_N = T, for one-step methods, instead of `steps`. The plan's size grows with N. */
  times?: readonly number[];
  /** Where weights stand on a grid of `times`: at these times (default), or `"uniform"`, at `steps` equal intervals. */
  nodes?: "times" | "uniform";
  /** Default `"perStep"`: N sets of weights; `"constant"`: one; `"nodal"`: N + 1; `"halfSteps"`: 2N + 1. */
  weights?: WeightsInTime;
}

export interface TimeGrid {
  /** Intervals between weights: N, unless the nodes are uniform on a grid of times. */
  readonly steps: number;
  /** T / steps. */
  readonly stepSize: number;
  readonly times?: readonly number[];
  readonly nodes?: "times" | "uniform";
}

/** Checks the options. Throws `option` with what is missing, or what contradicts what. */
export function gridOf(options: GridOptions, weights: WeightsInTime, integrator: Integrator, where: string): TimeGrid {
  if (options?.times !== undefined) return givenTimes(options.times, options, weights, integrator, where);
  if (options?.nodes !== undefined) {
    throw new OdenetError("option", `${where}: expected nodes with a grid of times only, got no times. Leave it out.`);
  }
  if (integrator.adaptive) checkChosen(options, weights, integrator, where);
  const steps = options?.steps ?? (integrator.adaptive ? 1 : undefined);
  if (steps === undefined) {
    throw new OdenetError("option", `${where}: expected the number of time steps, got none. Write { steps: 16 }.`);
  }
  checkWhole(steps, where, "steps");
  const { finalTime, stepSize } = options ?? {};
  if (finalTime !== undefined && stepSize !== undefined) {
    throw new OdenetError(
      "option",
      `${where}: expected finalTime or stepSize, got both (${finalTime} and ${stepSize}). Leave one out.`,
    );
  }
  const h = stepSize ?? (finalTime ?? 1) / steps;
  checkFinite(h, where, stepSize === undefined ? "finalTime" : "stepSize");
  if (integrator.adaptive && !(h > 0)) {
    throw new OdenetError("option", `${where}: expected finalTime above 0 for ${integrator.name}, got ${h * steps}.`);
  }
  return { steps, stepSize: h };
}

/** A method that chooses its own steps needs weights that are a function of time. */
function checkChosen({ steps }: GridOptions, weights: WeightsInTime, { name }: Integrator, where: string): void {
  if (weights !== "constant" && weights !== "nodal") {
    throw new OdenetError(
      "option",
      `${where}: expected weights "constant" or "nodal" for ${name}, which chooses its steps, got ${show(weights)}. Give the steps as { times } for the others.`,
    );
  }
  if (weights === "nodal" && steps === undefined) {
    throw new OdenetError(
      "option",
      `${where}: expected steps, the number of intervals between the nodal weights, got none. Write { steps: 8, weights: "nodal" }.`,
    );
  }
}

function givenTimes(
  times: readonly number[],
  { steps, finalTime, stepSize, nodes: given }: GridOptions,
  weights: WeightsInTime,
  integrator: Integrator,
  where: string,
): TimeGrid {
  if (!integrator.stabilityFunction) {
    throw new OdenetError(
      "option",
      `${where}: expected a one-step method such as rk4 on a grid of times, got ${integrator.name}, whose steps must be equal. Write { steps, finalTime }.`,
    );
  }
  checkTimes(times, where);
  if (finalTime !== undefined || stepSize !== undefined) {
    throw new OdenetError(
      "option",
      `${where}: expected times alone, got ${finalTime === undefined ? "stepSize" : "finalTime"} as well. The last time is T.`,
    );
  }
  const nodes = given ?? (integrator.adaptive && steps !== undefined ? "uniform" : "times");
  checkName(nodes, ["times", "uniform"], where, "nodes");
  const intervals = nodes === "uniform" ? steps : (steps ?? times.length - 1);
  checkWhole(intervals, where, "steps");
  if (nodes === "times" && intervals !== times.length - 1) {
    throw new OdenetError(
      "option",
      `${where}: expected ${times.length - 1} steps between ${times.length} times, got ${intervals}. Leave steps out, or write nodes: "uniform".`,
    );
  }
  if (nodes === "uniform" && weights !== "nodal" && weights !== "constant") {
    throw new OdenetError(
      "option",
      `${where}: expected weights "constant" or "nodal" with uniform nodes, got ${show(weights)}.`,
    );
  }
  const last = times.at(-1) ?? 0;
  return { steps: intervals, stepSize: last / intervals, times: Object.freeze([...times]), nodes };
}

function checkTimes(times: readonly number[], where: string): void {
  if (!Array.isArray(times) || times.length < 2 || times[0] !== 0) {
    throw new OdenetError("option", `${where}: expected times as [0, t1, …, T], got ${show(times)}.`);
  }
  times.forEach((t, j) => {
    checkFinite(t, where, `time ${j}`);
    const before = times[j - 1];
    if (before !== undefined && !(t > before)) {
      throw new OdenetError("option", `${where}: expected increasing times, got ${before} and then ${t}.`);
    }
  });
}
