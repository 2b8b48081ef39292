/** The network for the data: a preset or a dynamics by flags, or one from a JSON file. */
import { nth } from "../../core/nth.ts";
import type { Dataset } from "../../data/index.ts";
import { standardize } from "../../layers/index.ts";
import type { FeatureShape } from "../../layers/shape.ts";
import { imagePresets, type Network, network, networkFromJSON, presets } from "../../networks/index.ts";
import { exitCodes, speakingOf, usage } from "../failure.ts";
import { readWhole } from "../files.ts";
import { flagName, givenOf } from "../flags/flag.ts";
import { type NetworkFlags, networkNames, presetFlags } from "../flags/network.ts";
import { imagePreset, preset, steppedNetwork } from "./preset.ts";

/** With standardised features, and targets, where asked. */
export async function chooseNetwork(
  flags: NetworkFlags,
  data: Dataset,
  outputs: number,
  standardized: boolean,
): Promise<Network> {
  const { shape = 0, classes } = data;
  const named = flags.network ?? flags.dynamics ?? "resNet";
  if (flags.network !== undefined && flags.dynamics !== undefined) {
    throw usage(`--dynamics: expected a network or a dynamics, got --network ${flags.network} as well. Leave one out.`);
  }
  const base = await baseNetwork(named, flags, shape, outputs);
  const width = typeof shape === "number" ? shape : shape[0] * shape[1] * shape[2];
  const own = base.layers[0]?.kind === "standardize";
  const first = standardized && !own ? [standardize.fit(data.features, width)] : [];
  const last = standardized && !classes ? [outputScale(data, outputs)] : [];
  const layers = [...first, ...base.layers, ...last];
  const names = base.classes ?? classes;
  return speakingOf(named, exitCodes.failed, () =>
    network({ input: base.input, layers, ...(names ? { classes: names } : {}) }),
  );
}

/** Targets are learned in their own units: `deviation · y + mean`, as the inverse of standardisation. */
function outputScale({ labels }: Dataset, outputs: number) {
  const { mean, deviation } = standardize.fit(labels, outputs);
  return standardize({
    mean: mean.map((m, k) => -m / nth(deviation, k)),
    deviation: deviation.map((d) => 1 / d),
  });
}

function baseNetwork(named: string, flags: NetworkFlags, input: FeatureShape, outputs: number): Promise<Network> {
  if (flags.dynamics !== undefined) return steppedNetwork(flags.dynamics, flags, input, outputs);
  if (Object.hasOwn(imagePresets, named)) return imagePreset(named, flags, { input, outputs });
  return Object.hasOwn(presets, named) ? preset(named, flags, input, outputs) : fromFile(named, flags);
}

async function fromFile(path: string, flags: NetworkFlags): Promise<Network> {
  const [foreign] = givenOf(presetFlags, flags);
  if (foreign !== undefined) {
    throw usage(
      `${flagName(foreign)}: belongs to the presets ${networkNames}, and --network ${path} is none. Change the file instead.`,
    );
  }
  const hint = `Presets: ${networkNames}; else a JSON file, as JSON.stringify(network) writes it.`;
  const text = new TextDecoder().decode(readWhole(path, hint, `--network ${path}`));
  return speakingOf(path, exitCodes.failed, () => networkFromJSON(text));
}
