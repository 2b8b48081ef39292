/**
 * `steps` time steps of an integrator for a dynamics: y(0) = y, y(T) is the output, h = T / steps.
 * With layerField and euler, a residual network: Y_{j+1} = Y_j + h σ(K_j Y_j + b_j).
 */
import { OdenetError } from "../core/errors.ts";
import type { FieldKind, Fields, Start } from "../core/field.ts";
import type { Recorder, SliceSource } from "../core/recorder.ts";
import type { Keeps, Loop, Tensor } from "../core/tensor.ts";
import type { DynamicsData, DynamicsKind, DynamicsParameter } from "../dynamics/dynamics.ts";
import { type Dynamics, dynamicsKinds, layerField } from "../dynamics/index.ts";
import * as integrators from "../integrators/index.ts";
import type { Integrator, StepContext } from "../integrators/integrator.ts";
import type { ActivationName } from "../operations/activation.ts";
import { defaultInitialization } from "./dense.ts";
import type { LayerKind } from "./layer.ts";
import {
  type Initialization,
  initializations,
  type LayerContext,
  matrixParameter,
  type ParameterSpec,
  rowParameter,
} from "./parameters.ts";
import { checkFinite, checkName, checkWhole, featureCount, show } from "./shape.ts";
import { type WeightsInTime, weightAt, weightLayouts } from "./weightsInTime.ts";

const starts: readonly Start[] = ["full", "half"];
const integratorsByName: Readonly<Record<string, Integrator>> = integrators as unknown as Record<string, Integrator>;

export interface OdeOptions {
  /** Number of time steps N. */
  steps: number;
  /** T, default 1. Give it or `stepSize`, not both. */
  finalTime?: number;
  /** h = T / N. */
  stepSize?: number;
  /** Default `"perStep"`: N sets of weights; `"constant"`: one; `"nodal"`: N + 1; `"halfSteps"`: 2N + 1. */
  weights?: WeightsInTime;
  /** Default `"full"`, the course's; `"half"` makes verlet and leapfrog of order 2. */
  start?: Start;
  /** Memory-free backward: features are computed again from the end. For verlet and leapfrog. Default false. */
  reversible?: boolean;
  /** `"sqrt"`: the backward pass keeps about √N features and computes the others again. */
  checkpoint?: "sqrt";
  /** First values of the matrices, default `"he"` for the relu family, `"glorot"` for the others. */
  initialization?: Initialization;
}

export interface Ode {
  readonly kind: "ode";
  readonly dynamics: Dynamics;
  /** The integrator's name. */
  readonly integrator: string;
  readonly steps: number;
  readonly stepSize: number;
  readonly weights: WeightsInTime;
  readonly start: Start;
  readonly reversible: boolean;
  readonly checkpoint?: "sqrt";
  readonly initialization: Initialization;
}

/** Integrators that are not the package's own, by the layer that uses them: a layer itself is plain data. */
const ownIntegrators = new WeakMap<Ode, Integrator>();

function integratorOf(layer: Ode): Integrator {
  const found = ownIntegrators.get(layer) ?? integratorsByName[layer.integrator];
  if (!found) throw new OdenetError("name", `ode: expected a known integrator, got ${show(layer.integrator)}.`);
  return found;
}

/**
 * Time steps of `integrator` for `dynamics`. Parameters: the dynamics' own, stacked over time as `weights` says.
 * A pair that does not fit is a type error, and `pair` at run time. Throws `option` and `name` as well.
 */
export function ode<F extends FieldKind>(
  dynamics: Dynamics & DynamicsData<F>,
  integrator: Integrator<F>,
  options: OdeOptions,
): Ode {
  const where = "ode";
  checkPair(dynamics, integrator as unknown as Integrator, where);
  if (options?.steps === undefined) {
    throw new OdenetError("option", `${where}: expected the number of time steps, got none. Write { steps: 16 }.`);
  }
  const { steps, weights = "perStep", start = "full", reversible = false, checkpoint } = options;
  checkWhole(steps, where, "steps");
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
  const stepSize = stepSizeOf(options, where);
  const { initialization = defaultInitialization(dynamics.activation) } = options;
  checkName(initialization, initializations, where, "initialization");
  warnIfNeverStable(dynamics, integrator.name);
  const layer: Ode = Object.freeze({
    kind: "ode",
    dynamics,
    integrator: integrator.name,
    steps,
    stepSize,
    weights,
    start,
    reversible,
    ...(checkpoint ? { checkpoint } : {}),
    initialization,
  });
  if (integratorsByName[integrator.name] !== (integrator as unknown)) {
    ownIntegrators.set(layer, integrator as unknown as Integrator);
  }
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

function stepSizeOf({ steps, finalTime, stepSize }: OdeOptions, where: string): number {
  if (finalTime !== undefined && stepSize !== undefined) {
    throw new OdenetError(
      "option",
      `${where}: expected finalTime or stepSize, got both (${finalTime} and ${stepSize}). Leave one out.`,
    );
  }
  const h = stepSize ?? (finalTime ?? 1) / steps;
  checkFinite(h, where, stepSize === undefined ? "finalTime" : "stepSize");
  return h;
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
  const [rows, columns] = p.shape;
  const spec =
    columns === undefined
      ? rowParameter(full, rows, copies)
      : matrixParameter(full, rows, columns, initialization, copies);
  return { ...spec, time };
}

/** The longest row that a scalar bias is spread over. */
function onesNeeded(described: readonly DynamicsParameter[]): number[] {
  const lengths = described.flatMap(({ letter, shape }) => {
    if (!letter.startsWith("b") || shape[0] !== 1) return [];
    const K = described.find((p) => p.letter === letter.replace("b", "K"));
    return K ? [K.shape[0]] : [];
  });
  return [...new Set(lengths)];
}

export const odeKind: LayerKind<Ode> = {
  kind: "ode",
  layOut(layer, input, name) {
    const features = featureCount(input);
    const rules = dynamicsKinds[layer.dynamics.kind] as unknown as DynamicsKind<Dynamics, Fields[FieldKind]>;
    const described = rules.parameters(layer.dynamics, features, `layer ${name} (ode)`);
    const parameters = described.map((p) => parameterSpec(p, layer, name));
    const ones = onesNeeded(described);
    return {
      output: features,
      parameters,
      constants: ones.map((n) => ({ name: `${name}.ones${n}`, values: new Array<number>(n).fill(1) })),
      record: (context, y) => recordSteps(layer, context, name, features, described, rules, y),
    };
  },
  parse(json, path) {
    const given = json.dynamics as Record<string, unknown> | undefined;
    checkName(given?.kind, Object.keys(dynamicsKinds) as Dynamics["kind"][], `${path}.dynamics`, "kind");
    const dynamics = dynamicsKinds[given?.kind as Dynamics["kind"]].parse(given ?? {});
    checkName(json.integrator, Object.keys(integratorsByName), path, "integrator");
    const integrator = integratorsByName[json.integrator as string] as Integrator;
    return ode(dynamics as Dynamics & DynamicsData<FieldKind>, integrator, json as unknown as OdeOptions);
  },
};

type At = (source: SliceSource) => Tensor;

function recordSteps(
  layer: Ode,
  context: LayerContext,
  name: string,
  features: number,
  described: readonly DynamicsParameter[],
  rules: DynamicsKind<Dynamics, Fields[FieldKind]>,
  y: Tensor,
): Tensor {
  const { dynamics, steps, stepSize: h, weights: kind, start } = layer;
  const { record } = context;
  const integrator = integratorOf(layer);
  const theta = described.map(({ letter }) => ({ letter, source: context.parameter(`${name}.${letter}`) }));

  /** What the steps of one loop are recorded with: its first iteration is step `first` of `sources`. */
  const stepContext = (at: At, first: number, sources = theta): StepContext<FieldKind> => {
    const known = new Map<number, Record<string, Tensor>>();
    const weights = (c: number) => {
      const found =
        known.get(c) ??
        Object.fromEntries(
          sources.map(({ letter, source }) => [letter, weightAt(record, kind, source, first, at, c)] as const),
        );
      known.set(c, found);
      return found;
    };
    const ones = (length: number) => context.constant(`${name}.ones${length}`);
    return { record, field: rules.field(dynamics, { record, features, weights, ones }), h, start };
  };
  const outside = stepContext(() => {
    throw new Error("ode: weights are read inside a step only");
  }, 0);

  const stacks: Tensor[] = [];
  /** A loop of `count` steps from step `first`; saves the trajectory where it is asked for. */
  const run = (count: number, first: number, state: readonly Tensor[], step: Integrator["step"]): Loop => {
    let seen: Tensor | undefined;
    const loop = record.loop(count, state, (now, at) => {
      const current = stepContext(at, first);
      if (context.trajectory) seen = integrator.features(current, now);
      return step(current, now);
    });
    if (seen) stacks.push(record.save(loop, seen));
    return loop;
  };
  const finals = (loop: Loop) => loop.carries.map((c) => c.final);

  let state: readonly Tensor[] = integrator.begin(outside, y);
  let done = 0;
  if (integrator.first?.applies(outside)) {
    state = finals(run(1, 0, state, integrator.first.step));
    done = 1;
  }
  if (layer.checkpoint === "sqrt" && !context.trajectory && steps - done > 3) {
    const { loop, covered } = checkpointed(record, layer, integrator, state, done, theta, stepContext);
    state = finals(loop);
    done += covered;
  }
  if (done < steps) {
    const loop = run(steps - done, done, state, integrator.step);
    const first = done;
    if (layer.reversible && !context.trajectory) {
      const carried = state.length;
      const inverse: Extract<Keeps, { kind: "nothing" }>["inverse"] = (results, at) =>
        integrator.inverse?.(
          stepContext(({ source, first: f = 0, step = 1 }) => at({ source, first: f, step }), first),
          results,
        ) ?? [];
      loop.keeps = { kind: "nothing", carried, inverse };
    }
    state = finals(loop);
  }
  const final = integrator.features(outside, state);
  const times = Array.from({ length: steps + 1 }, (_, j) => j * h);
  context.trajectory?.(name, stacks, final, times);
  return final;
}

/** ⌊n / L⌋ segments of L = ⌈√n⌉ steps each: only their first states are kept for the backward pass. */
function checkpointed(
  record: Recorder,
  { weights: kind, steps }: Ode,
  integrator: Integrator,
  state: readonly Tensor[],
  done: number,
  theta: readonly { readonly letter: string; readonly source: Tensor }[],
  stepContext: (at: At, first: number, sources: { letter: string; source: Tensor }[]) => StepContext<FieldKind>,
): { loop: Loop; covered: number } {
  const length = Math.ceil(Math.sqrt(steps - done));
  const segments = Math.floor((steps - done) / length);
  const { step, span } = weightLayouts[kind];
  const loop = record.loop(segments, state, (outer, atOuter) => {
    const windows = theta.map(({ letter, source }) => {
      if (kind === "constant") return { letter, source };
      const count = (length - 1) * step + span;
      return { letter, source: atOuter({ source, first: done * step, step: length * step, count }) };
    });
    const inner = record.loop(length, outer, (now, at) => integrator.step(stepContext(at, 0, windows), now));
    return inner.carries.map((c) => c.final);
  });
  loop.keeps = { kind: "carried" };
  return { loop, covered: segments * length };
}
