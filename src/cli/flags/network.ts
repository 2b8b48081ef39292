/** Flags that say what is trained, and which preset or dynamics takes which. */

import { namesOf } from "../../core/registry.ts";
import { dynamicsKinds } from "../../dynamics/index.ts";
import { losses } from "../../losses/index.ts";
import { imagePresets, presets } from "../../networks/index.ts";
import { regularizers } from "../../regularizers/index.ts";
import { usage } from "../failure.ts";
import { type Flags, flagName, givenOf, type Values } from "./flag.ts";
import { imageFlags } from "./image.ts";
import { off, oneOf, text, texts } from "./kinds.ts";
import { type Family, memberFlags } from "./members.ts";
import { blockFlags, dynamicsFlag, stepFlags, vectorFlags } from "./steps.ts";

/** Every preset by name: those for vectors of features, then those for images. */
export const networkNames = [presets, imagePresets].flatMap((family) => Object.keys(family)).join(", ");

/** Of the presets for images. */
export const imagePresetFlags = { ...stepFlags, ...imageFlags };

export const presetFlags = { ...vectorFlags, ...imagePresetFlags };

/** With the one that names what they belong to. */
export const networkFlags = {
  network: text("<name or file>", `${networkNames}, or a JSON file (default: resNet)`),
  dynamics: dynamicsFlag,
  ...presetFlags,
  standardize: off("take the columns of a table as they are"),
  loss: oneOf("<name>", "default: by the labels", Object.keys(losses)),
  regularizer: texts(
    "<name:weight>",
    `may be repeated: ${Object.keys(regularizers).join(", ")}, as tikhonov:1e-4,parameters=.K`,
  ),
};

export type PresetFlags = Values<typeof presetFlags>;
export type NetworkFlags = Values<typeof networkFlags>;
type Name = keyof PresetFlags;

const isFlag = (name: string): name is Name => Object.hasOwn(presetFlags, name);

const EVERY = namesOf(blockFlags);
const BLOCK: readonly Name[] = [...EVERY, "width", "bias", "start", "reversible"];
const IMAGE_BLOCKS: readonly Name[] = [...EVERY, "channels", "norm", "head", "stride"];

/** What a dynamics has beside its own options. */
const COMMON: readonly string[] = ["activation", "bias", "kernel", "norm"];

/** Options of dynamics. */
export const dynamicsFamily: Family = dynamicsKinds;

/** Those for which there is no other flag. */
export const dynamicsFlags: Flags = Object.fromEntries(
  Object.entries(memberFlags(dynamicsFamily)).filter(([name]) => !isFlag(name) && !COMMON.includes(name)),
);

/** What each preset and each dynamics takes. */
const taken: Readonly<Record<string, readonly Name[]>> = {
  resNet: BLOCK,
  plainNet: ["width", "steps", "activation", "bias"],
  antisymmetricNet: [...BLOCK, "gamma", "integrator"],
  hamiltonianNet: BLOCK,
  leapfrogNet: [...BLOCK, "hidden"],
  parabolicNet: [...BLOCK, "hidden", "integrator"],
  leNet: ["activation", "pooling"],
  alexNet: ["grouped", "dropout"],
  convResNet: IMAGE_BLOCKS,
  parabolicCnn: [...IMAGE_BLOCKS, "hidden"],
  hamiltonianCnn: [...IMAGE_BLOCKS, "start", "reversible"],
  ...Object.fromEntries(
    Object.values(dynamicsKinds).map(({ kind, options }) => [
      `--dynamics ${kind}`,
      [...BLOCK, "integrator", ...Object.keys(options).filter(isFlag)],
    ]),
  ),
};

/** Throws `usage` for a given flag that the preset, or "--dynamics" of a name, does not take. */
export function refuseForeign(given: PresetFlags, name: string): void {
  const foreign = givenOf(presetFlags, given).find((flag) => !taken[name]?.some((own) => own === flag));
  const [other] = name.startsWith("--dynamics") ? [] : givenOf(dynamicsFlags, given);
  if (other !== undefined) throw usage(`${flagName(other)}: belongs to --dynamics, got ${name}. Leave it out.`);
  if (foreign === undefined) return;
  const owners = Object.keys(taken).filter((owner) => taken[owner]?.some((own) => own === foreign));
  throw usage(`${flagName(foreign)}: belongs to ${owners.join(", ")}, got ${name}. Leave it out.`);
}
