/**
 * `steps` time steps of an integrator for a dynamics: y(0) = y, y(T) is the output, h = T / steps.
 * With layerField and euler, a residual network: Y_{j+1} = Y_j + h σ(K_j Y_j + b_j).
 */
import { OdenetError } from "../core/errors.ts";
import type { FieldKind, Fields, Start } from "../core/recording/field.ts";
import { constantsOf, parametersOf, takes } from "../dynamics/affine.ts";
import type { DynamicsKind } from "../dynamics/dynamics.ts";
import { type Dynamics, dynamicsKinds, layerField } from "../dynamics/index.ts";
import type { DynamicsParameter, Space } from "../dynamics/kernels/kernel.ts";
import { dopri5, type Tolerances } from "../integrators/dopri5.ts";
import * as integrators from "../integrators/index.ts";
import type { Integrator } from "../integrators/integrator.ts";
import type { ActivationName } from "../operations/activation.ts";
import { area, type Pair } from "../operations/windows.ts";
import { leastExamples } from "./batchStatistics.ts";
import { defaultInitialization } from "./dense.ts";
import { imageInput } from "./imageForm.ts";
import type { LayerKind } from "./layer.ts";
import {
  type Initialization,
  initializations,
  kernelParameter,
  matrixParameter,
  type ParameterSpec,
  rowParameter,
} from "./parameters.ts";
import { atPath, checkName, type FeatureShape, featureCount, show } from "./shape.ts";
import { stagesOf } from "./stageStatistics.ts";
import { type GridOptions, gridOf, type TimeGrid } from "./timeGrid.ts";
import { recordSteps } from "./timeSteps.ts";
import { type WeightsInTime, weightLayouts } from "./weightsInTime.ts";

const starts: readonly Start[] = ["full", "half"];
const integratorsByName: Readonly<Record<string, Integrator>> = integrators as unknown as Record<string, Integrator>;

export interface OdeOptions extends GridOptions {
  /** Default `"full"`, the course's; `"half"` makes verlet and leapfrog of order 2. */
  start?: Start;
  /** Memory-free backward: features are computed again from the end. For verlet and leapfrog. Default false. */
  reversible?: boolean;
  /** `"sqrt"`: the backward pass keeps about √N features and computes the others again. */
  checkpoint?: "sqrt";
  /** First values of the matrices, default `"he"` for the relu family, `"glorot"` for the others. */
  initialization?: Initialization;
}

export interface Ode extends TimeGrid {
  readonly kind: "ode";
  readonly dynamics: Dynamics;
  /** The integrator's name. */
  readonly integrator: string;
  /** Of an integrator that chooses its own steps. */
  readonly tolerances?: { readonly rtol: number; readonly atol: number };
  readonly weights: WeightsInTime;
  readonly start: Start;
  readonly reversible: boolean;
  readonly checkpoint?: "sqrt";
  readonly initialization: Initialization;
}

/** Integrators that are not the package's own, by the layer that uses them: a layer itself is plain data. */
const ownIntegrators = new WeakMap<Ode, Integrator>();

function integratorOf(layer: Ode): Integrator {
  const found =
    ownIntegrators.get(layer) ?? (layer.tolerances ? dopri5(layer.tolerances) : integratorsByName[layer.integrator]);
  if (!found) throw new OdenetError("name", `ode: expected a known integrator, got ${show(layer.integrator)}.`);
  return found;
}

/**
 * Time steps of `integrator` for `dynamics`. Parameters: the dynamics' own, stacked over time as `weights` says.
 * A pair that does not fit is a type error, and `pair` at run time. Throws `option` and `name` as well.
 */
export function ode<D extends Dynamics>(
  dynamics: D,
  integrator: Integrator<D["field"]>,
  options: OdeOptions = {},
): Ode {
  const where = "ode";
  checkPair(dynamics, integrator as unknown as Integrator, where);
  const own = integrator as unknown as Integrator;
  const { start = "full", reversible = false, checkpoint } = options ?? {};
  const { adaptive } = own;
  const { weights = adaptive && options?.times === undefined ? "constant" : "perStep" } = options ?? {};
  checkName(weights, Object.keys(weightLayouts) as WeightsInTime[], where, "weights");
  checkName(start, starts, where, "start");
  if (typeof reversible !== "boolean") {
    throw new OdenetError("option", `${where}: expected reversible to be true or false, got ${show(reversible)}.`);
  }
  if (reversible && !integrator.inverse) {
    const able = Object.values(integratorsByName).filter((i) => i.inverse);
    throw new OdenetError(
      "option",
      `${where}: expected a reversible integrator (${able.map((i) => i.name).join(", ")}), got ${integrator.name}. Use { checkpoint: "sqrt" } to save memory.`,
    );
  }
  if (checkpoint !== undefined) checkName(checkpoint, ["sqrt"], where, "checkpoint");
  const grid = gridOf(options, weights, own, where);
  if ((checkpoint || reversible) && (grid.times || adaptive)) {
    throw new OdenetError(
      "option",
      `${where}: expected equal steps for ${checkpoint ? "checkpoint" : "reversible"}, got a grid of times. Leave one of them out.`,
    );
  }
  const { initialization = defaultInitialization(dynamics.activation) } = options;
  checkName(initialization, initializations, where, "initialization");
  warnIfNeverStable(dynamics, integrator.name);
  const layer: Ode = Object.freeze({
    kind: "ode",
    dynamics,
    integrator: integrator.name,
    ...(adaptive ? { tolerances: adaptive.tolerances } : {}),
    ...grid,
    weights,
    start,
    reversible,
    ...(checkpoint ? { checkpoint } : {}),
    initialization,
  });
  if (!adaptive && integratorsByName[integrator.name] !== own) ownIntegrators.set(layer, own);
  return layer;
}

function checkPair(dynamics: Dynamics, integrator: Integrator, where: string): void {
  if (typeof integrator?.step !== "function") {
    throw new OdenetError(
      "pair",
      `${where}: expected an integrator such as euler as second argument, got ${show(integrator)}.`,
    );
  }
  if (!Object.hasOwn(dynamicsKinds, dynamics?.kind)) {
    throw new OdenetError(
      "pair",
      `${where}: expected a dynamics such as layerField() as first argument, got ${show(dynamics)}. Call the factory.`,
    );
  }
  if (dynamics.field !== integrator.field) {
    const fits = Object.values(integratorsByName).filter((i) => i.field === dynamics.field);
    throw new OdenetError(
      "pair",
      `${where}: expected an integrator for ${dynamics.kind} (${fits.map((i) => i.name).join(", ")}), got ${integrator.name}, which steps ${integrator.field} fields.`,
    );
  }
}

function warnIfNeverStable(dynamics: Dynamics, integrator: string): void {
  if (dynamics.kind !== "antisymmetric" || !(dynamics.gamma > 0) || integrator !== "leapfrogMidpoint") return;
  console.warn(
    "odenet: leapfrogMidpoint is stable on a segment of the imaginary axis only, and gamma > 0 moves the eigenvalues off it to the left: the solution grows. Use gamma: 0, or rk4.",
  );
}

/** `y + σ(K_j y + b_j)`, `steps` times: `ode(layerField, euler)` with h = 1. */
export function residual(steps: number, { activation = "tanh" }: { activation?: ActivationName } = {}): Ode {
  return ode(layerField({ activation }), integrators.euler, { steps, stepSize: 1 });
}

function parameterSpec(p: DynamicsParameter, layer: Ode, name: string): ParameterSpec {
  const { steps, stepSize, weights, initialization, dynamics } = layer;
  const constant = weights === "constant";
  const spacing = weights === "halfSteps" ? stepSize / 2 : stepSize;
  const time = { dynamics: dynamics.kind, spacing, share: constant ? steps * stepSize : spacing, constant };
  const copies = weightLayouts[weights].copies(steps);
  const full = `${name}.${p.letter}`;
  return { ...specOf(p, full, initialization, copies), time };
}

function specOf(
  { shape, fan }: DynamicsParameter,
  name: string,
  initialization: Initialization,
  copies: number | undefined,
): ParameterSpec {
  if (shape.length === 4) {
    const [filters, channels, size] = shape;
    return kernelParameter(name, { filters, channels, size, groups: 1 }, initialization, copies);
  }
  if (shape.length === 2) return matrixParameter(name, ...shape, initialization, copies);
  const row = rowParameter(name, ...shape, copies);
  return fan ? { ...row, initialization, fanIn: fan.in, fanOut: fan.out } : row;
}

/** What one row of y is to the layer. */
function spaceOf(layer: Ode, input: FeatureShape, where: string): Space {
  if (takes(layer.dynamics) === "features") return { columns: featureCount(input) };
  const [columns, ...image] = imageInput(input, where);
  const { norm } = layer.dynamics;
  if (norm === "instance" && area(image) === 1) {
    throw new OdenetError(
      "shape",
      `${where}: expected images of more than one position for norm "instance", got 1 × 1, each its own mean. Use norm: "layer", or less pooling before it.`,
    );
  }
  return { columns, image };
}

/** Beyond this, the matrix of a convolution between all positions and its factors are no way to take a step. */
const LARGEST_SYSTEM = 1024;

function checkGiven({ integrator, dynamics, times, tolerances }: Ode, where: string): void {
  if (dynamics.norm !== "batch" || !tolerances || times) return;
  throw new OdenetError(
    "pair",
    `${where}: expected steps that are given for norm "batch", whose running statistics are those of each step, got ${integrator}, which chooses them. Use rk4, or write ode(…, { times }).`,
  );
}

function checkSolvable({ integrator, dynamics }: Ode, { columns, image }: Space, where: string): void {
  if (integrator !== "implicitMidpoint" || !image) return;
  if (dynamics.norm) {
    throw new OdenetError(
      "pair",
      `${where}: expected no norm with implicitMidpoint, which solves for σ(K y + b) alone, got ${show(dynamics.norm)}. Use rk4, or leave norm out.`,
    );
  }
  const n = columns * area(image);
  if (n <= LARGEST_SYSTEM) return;
  throw new OdenetError(
    "pair",
    `${where}: expected at most ${LARGEST_SYSTEM} features for implicitMidpoint with convolutions, whose matrix it solves with, got ${n}. Use rk4, or a Hamiltonian dynamics with verlet.`,
  );
}

export const odeKind: LayerKind<Ode> = {
  kind: "ode",
  takes: (layer) => takes(layer.dynamics),
  layOut(layer, input, name) {
    const where = `layer ${name} (ode)`;
    const { dynamics } = layer;
    const space = spaceOf(layer, input, where);
    checkGiven(layer, where);
    checkSolvable(layer, space, where);
    const rules = dynamicsKinds[dynamics.kind] as unknown as DynamicsKind<Dynamics, Fields[FieldKind]>;
    const maps = rules.maps(dynamics, space.columns, where);
    const described = parametersOf(dynamics, maps, where);
    const letters = described.map((p) => p.letter);
    const integrator = integratorOf(layer);
    const plan = { layer, integrator, name, space, maps, letters, rules };
    const parameters = described.map((p) => parameterSpec(p, layer, name));
    const constants = constantsOf(dynamics, maps);
    const stages = dynamics.norm === "batch" ? stagesOf(plan, parameters, constants) : [];
    return {
      output: space.image ? [space.columns, ...space.image] : space.columns,
      parameters,
      constants: constants.map((c) => ({ ...c, name: `${name}.${c.name}` })),
      state: stages.flatMap(({ running }) => [running.mean, running.variance]),
      joins: stages.length > 0 ? leastExamples(area(space.image as Pair)) : undefined,
      record: (context, y) => recordSteps({ ...plan, stages }, context, y),
    };
  },
  parse(json, path) {
    const given = json.dynamics as Record<string, unknown> | undefined;
    checkName(given?.kind, Object.keys(dynamicsKinds) as Dynamics["kind"][], `${path}.dynamics`, "kind");
    const dynamics = atPath(`${path}.dynamics`, () =>
      dynamicsKinds[given?.kind as Dynamics["kind"]].parse(given ?? {}),
    );
    checkName(json.integrator, [...Object.keys(integratorsByName), "dopri5"], path, "integrator");
    const integrator =
      json.integrator === "dopri5"
        ? dopri5(json.tolerances as Tolerances)
        : (integratorsByName[json.integrator as string] as Integrator);
    // On a grid of times the step size is a result.
    const { stepSize: _, ...rest } = json;
    const options = json.times !== undefined ? rest : json;
    return ode<Dynamics>(dynamics, integrator as Integrator, options as OdeOptions);
  },
};
