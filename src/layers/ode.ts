/**
 * `steps` time steps of an integrator for a dynamics: y(0) = y, y(T) is the output, h = T / steps.
 * With layerField and euler, a residual network: Y_{j+1} = Y_j + h σ(K_j Y_j + b_j).
 */
import { OdenetError } from "../core/errors.ts";
import type { SliceSource } from "../core/recorder.ts";
import type { Tensor } from "../core/tensor.ts";
import type { DynamicsData, DynamicsKind, DynamicsParameter, Weights } from "../dynamics/dynamics.ts";
import { dynamicsKinds } from "../dynamics/index.ts";
import { type LayerField, layerField } from "../dynamics/layerField.ts";
import * as integrators from "../integrators/index.ts";
import type { FieldKind, Integrator } from "../integrators/integrator.ts";
import type { ActivationName } from "../operations/activation.ts";
import { defaultInitialization } from "./dense.ts";
import type { LayerKind } from "./layer.ts";
import {
  type Initialization,
  initializations,
  matrixParameter,
  type ParameterSpec,
  rowParameter,
} from "./parameters.ts";
import { checkFinite, checkName, checkWhole, featureCount, show } from "./shape.ts";

/** Which θ each time step sees: its own, or the same one. */
export type WeightsInTime = "perStep" | "constant";

const weightKinds: readonly WeightsInTime[] = ["perStep", "constant"];

export interface OdeOptions {
  /** Number of time steps N. */
  steps: number;
  /** T, default 1. Give it or `stepSize`, not both. */
  finalTime?: number;
  /** h = T / N. */
  stepSize?: number;
  /** Default `"perStep"`: N sets of weights, θ_j for step j. `"constant"`: one set for all. */
  weights?: WeightsInTime;
  /** First values of the matrices, default `"he"` for the relu family, `"glorot"` for the others. */
  initialization?: Initialization;
}

export interface Ode {
  readonly kind: "ode";
  readonly dynamics: LayerField;
  /** In JSON, its name. */
  readonly integrator: Integrator;
  readonly steps: number;
  readonly stepSize: number;
  readonly weights: WeightsInTime;
  readonly initialization: Initialization;
}

/**
 * Time steps of `integrator` for `dynamics`. Parameters: the dynamics' own, stacked over time for `perStep` weights.
 * A pair that does not fit is a type error, and `pair` at run time.
 */
export function ode<F extends FieldKind>(
  dynamics: LayerField & DynamicsData<F>,
  integrator: Integrator<F>,
  options: OdeOptions,
): Ode {
  const where = "ode";
  if (typeof integrator?.step !== "function") {
    throw new OdenetError(
      "pair",
      `${where}: expected an integrator such as euler as second argument, got ${show(integrator)}.`,
    );
  }
  if (dynamics?.field !== integrator.field) {
    const fits = Object.values(integrators).filter((i) => i.field === dynamics?.field);
    throw new OdenetError(
      "pair",
      `${where}: expected an integrator for a ${show(dynamics?.field)} field, got ${integrator.name} for ${show(integrator.field)}. Use ${fits.map((i) => i.name).join(", ") || "another dynamics"}.`,
    );
  }
  if (options?.steps === undefined) {
    throw new OdenetError("option", `${where}: expected the number of time steps, got none. Write { steps: 16 }.`);
  }
  const { steps, finalTime, stepSize, weights = "perStep" } = options;
  checkWhole(steps, where, "steps");
  checkName(weights, weightKinds, where, "weights");
  if (
    finalTime !== undefined &&
    stepSize !== undefined &&
    Math.abs(stepSize * steps - finalTime) > 1e-12 * Math.abs(finalTime)
  ) {
    throw new OdenetError(
      "option",
      `${where}: expected finalTime or stepSize, got both (${finalTime} and ${stepSize} for ${steps} steps). Leave one out.`,
    );
  }
  const h = stepSize ?? (finalTime ?? 1) / steps;
  checkFinite(h, where, stepSize === undefined ? "finalTime" : "stepSize");
  const { initialization = defaultInitialization(dynamics.activation) } = options;
  checkName(initialization, initializations, where, "initialization");
  const data = { kind: "ode" as const, dynamics, steps, stepSize: h, weights, initialization };
  const layer: Ode = { ...data, integrator: integrator as Integrator };
  // In JSON an integrator is its name; not enumerable, so that layers stay plain data.
  return Object.freeze(
    Object.defineProperty(layer, "toJSON", { value: () => ({ ...data, integrator: integrator.name }) }),
  );
}

/** `y + σ(K_j y + b_j)`, `steps` times: `ode(layerField, euler)` with h = 1. */
export function residual(steps: number, { activation = "tanh" }: { activation?: ActivationName } = {}): Ode {
  return ode(layerField({ activation }), integrators.euler, { steps, stepSize: 1 });
}

function parameterSpec(p: DynamicsParameter, { steps, weights, initialization }: Ode, name: string): ParameterSpec {
  const copies = weights === "perStep" ? steps : undefined;
  const full = `${name}.${p.letter}`;
  const [rows, columns] = p.shape;
  return columns === undefined
    ? rowParameter(full, rows, copies)
    : matrixParameter(full, rows, columns, initialization, copies);
}

export const odeKind: LayerKind<Ode> = {
  kind: "ode",
  layOut(layer, input, name) {
    const { dynamics, integrator, steps, stepSize, weights } = layer;
    const rules: DynamicsKind<LayerField> = dynamicsKinds[dynamics.kind];
    const features = featureCount(input);
    const described = rules.parameters(dynamics, features, `layer ${name} (ode)`);
    const parameters = described.map((p) => parameterSpec(p, layer, name));
    return {
      output: features,
      parameters,
      record(context, y) {
        const { record } = context;
        const theta = parameters.map((p) => context.parameter(p.name));
        const sources: SliceSource[] = weights === "perStep" ? theta.map((source) => ({ source })) : [];
        let argument: Tensor | undefined;
        const loop = record.loop(steps, integrator.start(record, y), sources, (state, slices) => {
          const now = weights === "perStep" ? slices : theta;
          const current: Weights = Object.fromEntries(described.map((p, k) => [p.letter, now[k] as Tensor]));
          argument = integrator.features(state);
          return integrator.step(record, { at: (x) => rules.record(dynamics, record, current, x) }, state, stepSize);
        });
        const final = integrator.features(loop.carries.map((c) => c.final));
        const times = Array.from({ length: steps + 1 }, (_, j) => j * stepSize);
        context.trajectory?.(name, () => ({ stack: record.save(loop, argument as Tensor), final }), times);
        return final;
      },
    };
  },
  parse(json, path) {
    const dynamicsJson = json.dynamics as Record<string, unknown> | undefined;
    checkName(dynamicsJson?.kind, Object.keys(dynamicsKinds), `${path}.dynamics`, "kind");
    const dynamics = dynamicsKinds[dynamicsJson?.kind as keyof typeof dynamicsKinds].parse(dynamicsJson ?? {});
    checkName(json.integrator, Object.keys(integrators), path, "integrator");
    const integrator = integrators[json.integrator as keyof typeof integrators];
    return ode(dynamics, integrator, json as unknown as OdeOptions);
  },
};
