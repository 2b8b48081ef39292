/** Networks by name and flags: the presets, and --dynamics with --integrator, any fitting pair between dense and linear. */
import { type Dynamics, dynamics } from "../../dynamics/index.ts";
import { findIntegrator, fittingIntegrators, integratorsByName } from "../../integrators/registry.ts";
import { dense, linear, ode } from "../../layers/index.ts";
import type { FeatureShape } from "../../layers/shape.ts";
import { imagePresets, type Network, network, type PresetOptions, presets } from "../../networks/index.ts";
import { exitCodes, speakingOf, usage } from "../failure.ts";
import { optionsOf } from "../flags/flag.ts";
import { memberOptions } from "../flags/members.ts";
import { dynamicsFamily, dynamicsFlags, type PresetFlags, presetFlags, refuseForeign } from "../flags/network.ts";
import { member } from "./member.ts";

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
  if (integrator !== undefined) member(integratorsByName, integrator, "--integrator");
  const steppedBy = integrator === undefined ? {} : { integrator: findIntegrator(integrator, { where: "ode" }) };
  const options: object = { ...optionsOf(presetFlags, flags), ...steppedBy };
  return { ...options, width, steps };
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
  refuseForeign(flags, `--dynamics ${name}`);
  const options = {
    ...blockOptions(name, flags, input),
    ...memberOptions(dynamicsFlags, flags, dynamicsFamily, name, "--dynamics"),
  };
  const { integrator } = flags;
  return speakingOf(`--dynamics ${name}`, exitCodes.usage, () => {
    const field = make(options);
    const chosen = integrator ?? fittingIntegrators(field.field)[0]?.name;
    const block = ode(field, findIntegrator(chosen, { where: "ode" }), options);
    return network({ input, layers: [dense(options.width, { activation: field.activation }), block, linear(outputs)] });
  });
}
