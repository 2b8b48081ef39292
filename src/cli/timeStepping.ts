/** A block of time steps by flags: --dynamics and --integrator name any fitting pair, between dense and linear. */
import { type Dynamics, dynamics } from "../dynamics/index.ts";
import * as integrators from "../integrators/index.ts";
import type { Integrator } from "../integrators/integrator.ts";
import { dense, linear, ode } from "../layers/index.ts";
import type { FeatureShape } from "../layers/shape.ts";
import { type Network, network } from "../networks/index.ts";
import { usage } from "./failure.ts";

export interface StepFlags {
  width?: number;
  steps?: number;
  finalTime?: number;
  activation?: string;
  weights?: string;
  dynamics?: string;
  integrator?: string;
  bias?: string;
  gamma?: number;
  hidden?: number;
  start?: string;
  reversible?: boolean;
  sqrtCheckpoint?: boolean;
}

export const STEP_FLAGS = {
  width: "--width",
  steps: "--steps",
  finalTime: "--final-time",
  activation: "--activation",
  weights: "--weights",
  dynamics: "--dynamics",
  integrator: "--integrator",
  bias: "--bias",
  gamma: "--gamma",
  hidden: "--hidden",
  start: "--start",
  reversible: "--reversible",
  sqrtCheckpoint: "--sqrt-checkpoint",
} satisfies Record<keyof StepFlags, string>;

/** The integrator that a dynamics has when none is named. */
const usual: Readonly<Record<string, Integrator>> = {
  vector: integrators.rk4 as unknown as Integrator,
  partitioned: integrators.verlet as unknown as Integrator,
  secondOrder: integrators.leapfrog as unknown as Integrator,
};

const biases: Readonly<Record<string, boolean | "scalar">> = { yes: true, no: false, scalar: "scalar" };

/** Options of `ode` and of the presets that say how a block steps through time; absent flags stay absent. */
export function stepOptions({
  activation,
  weights,
  start,
  reversible,
  sqrtCheckpoint,
  ...flags
}: Omit<StepFlags, "steps">) {
  const { finalTime, gamma, hidden } = flags;
  const bias = flags.bias === undefined ? undefined : biases[flags.bias];
  if (flags.bias !== undefined && bias === undefined) {
    throw usage(`--bias: expected one of ${Object.keys(biases).join(", ")}, got ${JSON.stringify(flags.bias)}.`);
  }
  const checkpoint = sqrtCheckpoint ? "sqrt" : undefined;
  const all = { finalTime, activation, weights, bias, gamma, hidden, start, reversible, checkpoint };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The integrator of a name, for a preset or a dynamics. */
export function integratorOf(name: string): Integrator {
  const found = (integrators as unknown as Record<string, Integrator>)[name];
  if (found) return found;
  throw usage(`--integrator: expected one of ${Object.keys(integrators).join(", ")}, got ${JSON.stringify(name)}.`);
}

/** dense(width) → steps of the dynamics → linear(outputs). */
export function steppedNetwork(flags: StepFlags, input: FeatureShape, outputs: number): Network {
  const { width = typeof input === "number" ? 16 : 64, steps = 8 } = flags;
  const kind = flags.dynamics as keyof typeof dynamics;
  if (!Object.hasOwn(dynamics, kind)) {
    throw usage(`--dynamics: expected one of ${Object.keys(dynamics).join(", ")}, got ${JSON.stringify(kind)}.`);
  }
  const options = stepOptions(flags);
  const field: Dynamics = (dynamics[kind] as (o: object) => Dynamics)(options);
  const integrator = flags.integrator === undefined ? usual[field.field] : integratorOf(flags.integrator);
  const block = ode(field, integrator as never, { steps, ...options });
  return network({ input, layers: [dense(width, { activation: field.activation }), block, linear(outputs)] });
}
