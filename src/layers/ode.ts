/**
 * `steps` time steps of an integrator for a dynamics: y(0) = y, y(T) is the output, h = T / steps.
 * With layerField and euler, a residual network: Y_{j+1} = Y_j + h σ(K_j Y_j + b_j).
 */
import { OdenetError } from "../core/errors.ts";
import type { Start } from "../core/recording/field.ts";
import { namesOf, pickOptions, type Rule, type Rules } from "../core/registry.ts";
import { constantsOf, parametersOf, takes } from "../dynamics/affine.ts";
import { type Dynamics, dynamicsKinds, layerField, rulesOfKind } from "../dynamics/index.ts";
import { imageOf } from "../dynamics/kernels/kernel.ts";
import { euler } from "../integrators/euler.ts";
import type { Integrator } from "../integrators/integrator.ts";
import { checkOwn, findIntegrator, integratorsByName, isOwn } from "../integrators/registry.ts";
import type { ActivationName } from "../operations/activation.ts";
import { area } from "../operations/windows.ts";
import { leastExamples } from "./batchStatistics.ts";
import { defaultInitialization } from "./dense.ts";
import type { LayerKind } from "./layer.ts";
import { checkGiven, checkPair, checkSolvable, spaceOf, warnIfNeverStable } from "./odeChecks.ts";
import { parameterSpec } from "./odeParameters.ts";
import type { Initialization } from "./parameters.ts";
import { initializationRule } from "./rules.ts";
import { atPath, checkName, show } from "./shape.ts";
import { stagesOf } from "./stageStatistics.ts";
import { type GridOptions, gridOf, type TimeGrid } from "./timeGrid.ts";
import { recordSteps } from "./timeSteps.ts";
import { type WeightsInTime, weightLayouts } from "./weightsInTime.ts";

export interface OdeOptions extends GridOptions {
  /** Default `"full"`, the course's; `"half"` makes verlet and leapfrog of order 2. */
  start?: Start;
  /** Memory-free backward: features are computed again from the end. For reversible integrators. Default false. */
  reversible?: boolean;
  /** `"sqrt"`: the backward pass keeps about √N features and computes the others again. */
  checkpoint?: "sqrt";
  /** First values of the matrices, default `"he"` for the relu family, `"glorot"` for the others. */
  initialization?: Initialization;
}

/** Where a layer carries an integrator that is not the package's own: JSON has its name alone. */
export const own: unique symbol = Symbol("integrator");

export interface Ode extends TimeGrid {
  readonly kind: "ode";
  readonly dynamics: Dynamics;
  /** The integrator's name. */
  readonly integrator: string;
  readonly [own]?: Integrator;
  /** Of an integrator that chooses its own steps. */
  readonly tolerances?: { readonly rtol: number; readonly atol: number };
  readonly weights: WeightsInTime;
  readonly start: Start;
  readonly reversible: boolean;
  readonly checkpoint?: "sqrt";
  readonly initialization: Initialization;
}

/** The layer's integrator. */
function integratorOf(layer: Ode): Integrator {
  const { integrator, tolerances } = layer;
  return layer[own] ?? findIntegrator(integrator, { where: "ode", options: tolerances });
}

/** gridOf looks closer at what the times and steps say together. */
const asGiven = <T>(label: string, check: (value: unknown) => value is T): Rule<T> => ({
  kind: "custom",
  label,
  check(value, where) {
    if (check(value)) return value;
    throw new OdenetError("option", `${where}: expected ${label}, got ${show(value)}.`);
  },
});

const isTimes = (value: unknown): value is readonly number[] => Array.isArray(value);

type Chosen = OdeOptions & { start: Start; reversible: boolean };

const options: Rules<Chosen> = {
  steps: { kind: "whole", label: "time steps", from: 1 },
  finalTime: { kind: "number", label: "T" },
  stepSize: { kind: "number", label: "h" },
  times: asGiven("times as [0, t1, …, T]", isTimes),
  nodes: { kind: "choice", label: "nodes of the weights", choices: ["times", "uniform"] },
  weights: { kind: "choice", label: "weights in time", choices: namesOf(weightLayouts) },
  start: { kind: "choice", label: "start", choices: ["full", "half"], initial: "full" },
  reversible: { kind: "boolean", label: "features computed back", initial: false },
  checkpoint: { kind: "choice", label: "features kept", choices: ["sqrt"] },
  initialization: initializationRule,
};

/**
 * Time steps of `integrator` for `dynamics`. Parameters: the dynamics' own, stacked over time as `weights` says.
 * A pair that does not fit is a type error, and `pair` at run time. Throws `option` and `name` as well.
 */
export function ode<D extends Dynamics>(
  dynamics: D,
  integrator: Integrator<D["field"]>,
  options: OdeOptions = {},
): Ode {
  return make(dynamics, integrator, options);
}

function make(dynamics: Dynamics, integrator: Integrator, given: object): Ode {
  const where = "ode";
  checkPair(dynamics, integrator, where);
  const mine = isOwn(integrator);
  if (mine) checkOwn(integrator, where);
  const { adaptive, name } = integrator;
  const chosen = pickOptions(where, options, given ?? {});
  const { start, reversible, checkpoint } = chosen;
  const { weights = adaptive && chosen.times === undefined ? "constant" : "perStep" } = chosen;
  if (reversible && !integrator.inverse) {
    const able = Object.values(integratorsByName).filter((i) => i.inverse);
    throw new OdenetError(
      "option",
      `${where}: expected a reversible integrator (${able.map((i) => i.name).join(", ")}), got ${name}. Use { checkpoint: "sqrt" } to save memory.`,
    );
  }
  const grid = gridOf(chosen, weights, integrator, where);
  if ((checkpoint || reversible) && (grid.times || adaptive)) {
    throw new OdenetError(
      "option",
      `${where}: expected equal steps for ${checkpoint ? "checkpoint" : "reversible"}, got a grid of times. Leave one of them out.`,
    );
  }
  const { initialization = defaultInitialization(dynamics.activation) } = chosen;
  warnIfNeverStable(dynamics, integrator);
  return Object.freeze({
    kind: "ode",
    dynamics,
    integrator: name,
    ...(mine ? { [own]: integrator } : {}),
    ...(adaptive ? { tolerances: adaptive.tolerances } : {}),
    ...grid,
    weights,
    start,
    reversible,
    ...(checkpoint ? { checkpoint } : {}),
    initialization,
  });
}

/** The layer again, with changes; on a grid of times the step size is a result. */
function again(dynamics: Dynamics, integrator: Integrator, data: object): Ode {
  const { stepSize: _, ...rest }: { stepSize?: unknown; times?: unknown } = data;
  return make(dynamics, integrator, rest.times === undefined ? data : rest);
}

/** `y + σ(K_j y + b_j)`, `steps` times: `ode(layerField, euler)` with h = 1. */
export function residual(steps: number, { activation = "tanh" }: { activation?: ActivationName } = {}): Ode {
  return ode(layerField({ activation }), euler, { steps, stepSize: 1 });
}

export const odeKind: LayerKind<Ode> = {
  kind: "ode",
  label: "time steps",
  options,
  takes: (layer) => takes(layer.dynamics),
  layOut(layer, input, name) {
    const where = `layer ${name} (ode)`;
    const { dynamics } = layer;
    const integrator = integratorOf(layer);
    const space = spaceOf(layer, input, where);
    checkGiven(layer, where);
    checkSolvable(layer, integrator, space, where);
    const rules = dynamicsKinds[dynamics.kind];
    const maps = rules.maps(dynamics, space.columns, where);
    const described = parametersOf(dynamics, maps, where);
    const letters = described.map((p) => p.letter);
    const plan = { layer, integrator, name, space, maps, letters, rules };
    const parameters = described.map((p) => parameterSpec(p, layer, name));
    const constants = constantsOf(dynamics, maps);
    const stages = dynamics.norm === "batch" ? stagesOf(plan, parameters, constants) : [];
    return {
      output: space.image ? [space.columns, ...space.image] : space.columns,
      parameters,
      constants: constants.map((c) => ({ ...c, name: `${name}.${c.name}` })),
      state: stages.flatMap(({ running }) => [running.mean, running.variance]),
      joins: stages.length > 0 ? leastExamples(area(imageOf(space))) : undefined,
      record: (context, y) => recordSteps({ ...plan, stages }, context, y),
    };
  },
  parse(json: { dynamics?: unknown; integrator?: unknown; tolerances?: unknown }, path, { integrators }) {
    const given = typeof json.dynamics === "object" && json.dynamics !== null ? json.dynamics : {};
    const kind: unknown = Reflect.get(given, "kind");
    const rules = rulesOfKind(kind);
    if (!rules) checkName(kind, namesOf(dynamicsKinds), `${path}.dynamics`, "kind");
    const dynamics = atPath(`${path}.dynamics`, () => rules?.parse(given));
    if (!dynamics) throw new OdenetError("json", `${path}: expected a dynamics, got none.`);
    const where = { where: path, options: json.tolerances, own: integrators };
    return again(dynamics, findIntegrator(json.integrator, where), json);
  },
  time: {
    of: ({ steps, weights }) => ({ steps, weights }),
    integrator: integratorOf,
    withSteps(layer, steps) {
      const stepSize = (layer.stepSize * layer.steps) / steps;
      return again(layer.dynamics, integratorOf(layer), { ...layer, stepSize, steps });
    },
  },
};
