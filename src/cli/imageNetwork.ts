/** The presets for images by flags: --network parabolicCnn --channels 16,32 --steps 1,2 --head flatten. */
import type { FeatureShape } from "../layers/shape.ts";
import { imagePresets, type Network } from "../networks/index.ts";
import { exitCodes, speakingOf, usage } from "./failure.ts";
import { STEP_FLAGS, type StepFlags, stepOptions } from "./timeStepping.ts";

export interface ImageFlags extends Omit<StepFlags, "steps"> {
  /** Of all blocks, or one number a block. */
  steps?: number | readonly number[];
  channels?: readonly number[];
  norm?: string;
  head?: string;
  stride?: number;
  pooling?: string;
  grouped?: boolean;
  dropout?: number;
}

export type ImagePreset = keyof typeof imagePresets;

export const isImagePreset = (name: string): name is ImagePreset => Object.hasOwn(imagePresets, name);

/** Flags that say something about no other network. */
export const IMAGE_FLAGS = {
  channels: "--channels",
  norm: "--norm",
  head: "--head",
  stride: "--stride",
  pooling: "--pooling",
  grouped: "--grouped",
  dropout: "--dropout",
} satisfies Partial<Record<keyof ImageFlags, string>>;

const FLAGS = { ...STEP_FLAGS, ...IMAGE_FLAGS };

type Flag = keyof typeof FLAGS;

const BLOCKS: readonly Flag[] = [
  "channels",
  "steps",
  "finalTime",
  "activation",
  "weights",
  "norm",
  "head",
  "stride",
  "sqrtCheckpoint",
];

/** What each preset knows. */
const KNOWN: Readonly<Record<ImagePreset, readonly Flag[]>> = {
  leNet: ["activation", "pooling"],
  alexNet: ["grouped", "dropout"],
  convResNet: BLOCKS,
  parabolicCnn: [...BLOCKS, "hidden"],
  hamiltonianCnn: [...BLOCKS, "start", "reversible"],
};

/** A preset for images of this shape; without `input` or `outputs`, the preset's own. */
export function imageNetwork(
  name: ImagePreset,
  flags: ImageFlags,
  io: { readonly input?: FeatureShape; readonly outputs?: number },
): Promise<Network> {
  const subject = `--network ${name}`;
  if (typeof io.input === "number") {
    throw usage(
      `${subject}: expected images, got examples of ${io.input} features. Take resNet, or data with channels, height and width.`,
    );
  }
  checkKnown(name, flags);
  const { channels, steps, norm, head, stride, pooling, grouped, dropout } = flags;
  const own = { channels, steps, norm: norm === "none" ? false : norm, head, stride, pooling, grouped, dropout };
  const given = Object.fromEntries(Object.entries({ ...io, ...own }).filter(([, value]) => value !== undefined));
  const preset: (options: object) => Network = imagePresets[name];
  return speakingOf(subject, exitCodes.usage, () => preset({ ...stepOptions(flags), ...given }));
}

function checkKnown(name: ImagePreset, flags: ImageFlags): void {
  for (const [key, flag] of Object.entries(FLAGS) as [Flag, string][]) {
    if (flags[key] === undefined || KNOWN[name].includes(key)) continue;
    const known = KNOWN[name].map((k) => FLAGS[k]).join(", ");
    throw usage(`${flag}: expected one of ${known} with --network ${name}. Leave it out.`);
  }
}
