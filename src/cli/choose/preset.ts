/** Networks by name and flags: the presets, and --dynamics with --integrator, any fitting pair between dense and linear. */
import { type Dynamics, dynamics } from "../../dynamics/index.ts";
import * as integrators from "../../integrators/index.ts";
import type { Integrator } from "../../integrators/integrator.ts";
import { dense, linear, ode } from "../../layers/index.ts";
import type { FeatureShape } from "../../layers/shape.ts";
import { imagePresets, type Network, network, type PresetOptions, presets } from "../../networks/index.ts";
import { exitCodes, speakingOf, usage } from "../failure.ts";
import { optionsOf } from "../flags/flag.ts";
import { type PresetFlags, presetFlags, refuseForeign } from "../flags/network.ts";
import { member } from "./member.ts";

/** The integrator that a dynamics has when none is named. */
const usual: Readonly<Record<string, Integrator>> = {
  vector: integrators.rk4 as unknown as Integrator,
  partitioned: integrators.verlet as unknown as Integrator,
  secondOrder: integrators.leapfrog as unknown as Integrator,
};

const byName = integrators as unknown as Readonly<Record<string, Integrator>>;
const integratorOf = (name: string): Integrator => byName[member(byName, name, "--integrator")] as Integrator;

/** A preset for images of this shape; without `input` or `outputs`, the preset's own. */
export function imagePreset(
  name: string,
  flags: PresetFlags,
  io: { readonly input?: FeatureShape; readonly outputs?: number },
): Promise<Network> {
  if (typeof io.input === "number") {
    throw usage(
      `--network ${name}: expected images, got examples of ${io.input} features. Take resNet, or data with channels, height and width.`,
    );
  }
  refuseForeign(flags, name);
  const preset: (options: object) => Network = imagePresets[member(imagePresets, name, "--network")];
  return speakingOf(`--network ${name}`, exitCodes.usage, () => preset({ ...io, ...optionsOf(presetFlags, flags) }));
}

/** Options of a network with one block of time steps. */
function blockOptions(named: string, flags: PresetFlags, input: FeatureShape) {
  const { steps = 8 } = flags;
  if (typeof steps !== "number") {
    throw usage(
      `--steps: expected one number for the one block of ${named}, got ${steps.join(",")}. Presets for images have several.`,
    );
  }
  const { width = typeof input === "number" ? 16 : 64, integrator } = flags;
  const steppedBy = integrator === undefined ? {} : { integrator: integratorOf(integrator) };
  return { ...optionsOf(presetFlags, flags), width, steps, ...steppedBy };
}

export async function preset(name: string, flags: PresetFlags, input: FeatureShape, outputs: number): Promise<Network> {
  refuseForeign(flags, name);
  const make: (options: PresetOptions) => Network = presets[member(presets, name, "--network")];
  const options = { input, outputs, ...blockOptions(name, flags, input) };
  return speakingOf(`--network ${name}`, exitCodes.usage, () => make(options));
}

/** dense(width) → steps of the dynamics → linear(outputs). */
export async function steppedNetwork(
  name: string,
  flags: PresetFlags,
  input: FeatureShape,
  outputs: number,
): Promise<Network> {
  const make: (options: object) => Dynamics = dynamics[member(dynamics, name, "--dynamics")];
  refuseForeign(flags, "--dynamics");
  const { integrator, ...options } = blockOptions(name, flags, input) as ReturnType<typeof blockOptions> & {
    integrator?: Integrator;
  };
  return speakingOf(`--dynamics ${name}`, exitCodes.usage, () => {
    const field = make(options);
    const block = ode(field, (integrator ?? usual[field.field]) as never, options);
    return network({ input, layers: [dense(options.width, { activation: field.activation }), block, linear(outputs)] });
  });
}
