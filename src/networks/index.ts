import { convResNet, hamiltonianCnn, leNet, parabolicCnn } from "./imagePresets.ts";
import { antisymmetricNet, hamiltonianNet, leapfrogNet, parabolicNet, plainNet, resNet } from "./presets.ts";

export { type ConnectorOptions, connector } from "./connector.ts";
export type { ImagePresetOptions, LeNetOptions } from "./imagePresets.ts";
export { type Network, type NetworkOptions, network, networkFromJSON } from "./network.ts";
export type { PresetOptions } from "./presets.ts";
export {
  antisymmetricNet,
  convResNet,
  hamiltonianCnn,
  hamiltonianNet,
  leapfrogNet,
  leNet,
  parabolicCnn,
  parabolicNet,
  plainNet,
  resNet,
};

/** The presets for vectors of features, by name. */
export const presets = { resNet, plainNet, antisymmetricNet, hamiltonianNet, leapfrogNet, parabolicNet };

/** The presets for images, by name. */
export const imagePresets = { leNet, convResNet, parabolicCnn, hamiltonianCnn };
