import { plainNet, resNet } from "./presets.ts";

export { type Network, type NetworkOptions, network, networkFromJSON } from "./network.ts";
export { type PresetOptions, plainNet, resNet } from "./presets.ts";

/** The presets for vectors of features, by name. */
export const presets = { resNet, plainNet };
