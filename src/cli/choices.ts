/** Network, optimizer, schedule and loss by name and flags. */

import { nth } from "../core/nth.ts";
import type { Dataset } from "../data/index.ts";
import { standardize } from "../layers/index.ts";
import { type Loss, losses } from "../losses/index.ts";
import {
  imagePresets,
  type Network,
  network,
  networkFromJSON,
  type PresetOptions,
  presets,
} from "../networks/index.ts";
import { type Optimizer, optimizers } from "../optimizers/index.ts";
import { isMethod, type Method } from "../optimizers/method.ts";
import { type Schedule, schedules } from "../training/index.ts";
import { exitCodes, Failure, speakingOf, usage } from "./failure.ts";
import { readWhole } from "./files.ts";
import { IMAGE_FLAGS, type ImageFlags, imageNetwork, isImagePreset } from "./imageNetwork.ts";
import { integratorOf, STEP_FLAGS, type StepFlags, stepOptions, steppedNetwork } from "./timeStepping.ts";

export interface NetworkFlags extends ImageFlags {
  network?: string;
  standardize?: boolean;
}

const names = (members: object): string => Object.keys(members).join(", ");

/** Flags that say something about a preset or a dynamics, and nothing about a network from a file. */
export const PRESET_FLAGS = { ...STEP_FLAGS, ...IMAGE_FLAGS };

/** Every preset by name: those for vectors of features, then those for images. */
export const networkNames = [presets, imagePresets].map(names).join(", ");

/** A network for the data: a preset by flags, or one from a JSON file; standardised features, and targets, where asked. */
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
  const base = await baseNetwork(named, flags, { input: shape, outputs });
  const width = typeof shape === "number" ? shape : shape[0] * shape[1] * shape[2];
  const own = base.layers[0]?.kind === "standardize";
  const first = standardized && !own ? [standardize.fit(data.features as Float64Array, width)] : [];
  const last = standardized && !classes ? [outputScale(data, outputs)] : [];
  const layers = [...first, ...base.layers, ...last];
  const named2 = base.classes ?? classes;
  return speakingOf(named, exitCodes.failed, () =>
    network({ input: base.input, layers, ...(named2 ? { classes: named2 } : {}) }),
  );
}

/** Targets are learned in their own units: `deviation · y + mean`, as the inverse of standardisation. */
function outputScale({ labels }: Dataset, outputs: number) {
  const { mean, deviation } = standardize.fit(labels as Float64Array, outputs);
  return standardize({
    mean: mean.map((m, k) => -m / nth(deviation, k)),
    deviation: deviation.map((d) => 1 / d),
  });
}

/** Presets whose integrator may be chosen. */
const OWN_INTEGRATOR: readonly string[] = ["antisymmetricNet", "parabolicNet"];

type Ends = Pick<PresetOptions, "input" | "outputs">;

async function baseNetwork(named: string, flags: NetworkFlags, io: Ends): Promise<Network> {
  if (isImagePreset(named) && flags.dynamics === undefined) return imageNetwork(named, flags, io);
  if (flags.dynamics === undefined && !Object.hasOwn(presets, named)) return fromFile(named, flags);
  const stepped = oneBlock(named, flags);
  if (flags.dynamics !== undefined) {
    return speakingOf(`--dynamics ${named}`, exitCodes.usage, () => steppedNetwork(stepped, io.input, io.outputs));
  }
  return preset(named as keyof typeof presets, stepped, io);
}

/** The flags of a network with one block of time steps: nothing of images, one number of steps. */
function oneBlock(named: string, { steps, ...flags }: NetworkFlags): StepFlags {
  for (const [key, flag] of Object.entries(IMAGE_FLAGS)) {
    if (flags[key as keyof typeof IMAGE_FLAGS] === undefined) continue;
    throw usage(`${flag}: belongs to the presets ${names(imagePresets)}, got ${named}. Leave it out.`);
  }
  if (steps === undefined) return flags;
  if (typeof steps === "number") return { ...flags, steps };
  throw usage(
    `--steps: expected one number for the one block of ${named}, got ${steps.join(",")}. Presets for images have several.`,
  );
}

async function preset(name: keyof typeof presets, flags: StepFlags, io: Ends): Promise<Network> {
  const { width = typeof io.input === "number" ? 16 : 64, steps = 8, integrator } = flags;
  if (integrator !== undefined && !OWN_INTEGRATOR.includes(name)) {
    throw usage(
      `--integrator: belongs to --dynamics and to ${OWN_INTEGRATOR.join(", ")}, got --network ${name}. Name the dynamics instead.`,
    );
  }
  const steppedBy = integrator === undefined ? {} : { integrator: integratorOf(integrator) };
  const options = { ...io, width, steps, ...stepOptions(flags), ...steppedBy } as PresetOptions;
  return speakingOf(`--network ${name}`, exitCodes.usage, () => presets[name](options));
}

async function fromFile(path: string, flags: NetworkFlags): Promise<Network> {
  for (const [key, flag] of Object.entries(PRESET_FLAGS)) {
    if (flags[key as keyof NetworkFlags] !== undefined) {
      throw usage(
        `${flag}: belongs to the presets ${networkNames}, and --network ${path} is none. Change the file instead.`,
      );
    }
  }
  const hint = `Presets: ${networkNames}; else a JSON file, as JSON.stringify(network) writes it.`;
  const text = new TextDecoder().decode(readWhole(path, hint, `--network ${path}`));
  return speakingOf(path, exitCodes.failed, () => networkFromJSON(text));
}

export interface OptimizerFlags {
  optimizer?: string;
  learningRate?: number;
  momentum?: number;
  nesterov?: boolean;
  weightDecay?: number;
  schedule?: string;
  clip?: number;
  batch?: number;
}

/** Throws `usage` for a name that is not among the members. */
function member<M extends object>(members: M, name: string, flag: string): keyof M {
  if (Object.hasOwn(members, name)) return name as keyof M;
  throw usage(`${flag}: expected one of ${names(members)}, got ${JSON.stringify(name)}.`);
}

export async function chooseOptimizer(flags: OptimizerFlags): Promise<Optimizer> {
  const { optimizer = "adam", learningRate, momentum, nesterov, weightDecay } = flags;
  const kind = member(optimizers, optimizer, "--optimizer");
  if (kind !== "momentum" && (momentum !== undefined || nesterov !== undefined)) {
    throw usage(`--${momentum === undefined ? "nesterov" : "momentum"}: belongs to --optimizer momentum, got ${kind}.`);
  }
  const options = {
    ...(learningRate === undefined ? {} : { learningRate }),
    ...(momentum === undefined ? {} : { momentum }),
    ...(nesterov === undefined ? {} : { nesterov }),
    ...(weightDecay === undefined ? {} : { weightDecay }),
  };
  const chosen = await speakingOf(`--optimizer ${kind}`, exitCodes.usage, () => optimizers[kind](options));
  if (isMethod(chosen)) refuseForMethod(chosen, flags);
  return chosen;
}

/** Flags that mean nothing to an optimizer that searches for its steps. */
function refuseForMethod({ kind, miniBatch }: Method, flags: OptimizerFlags): void {
  const { learningRate, weightDecay, schedule = "constant", clip, batch } = flags;
  const given = {
    "--learning-rate": learningRate !== undefined,
    "--weight-decay": weightDecay !== undefined,
    "--schedule": schedule !== "constant",
    "--clip": clip !== undefined,
  };
  for (const [flag, there] of Object.entries(given)) {
    if (there) throw usage(`${flag}: belongs to sgd, momentum, adam and adamW, got --optimizer ${kind}. Leave it out.`);
  }
  if (batch !== undefined && !miniBatch) {
    throw usage(`--batch: expected none with --optimizer ${kind}, whose step sees all examples, got ${batch}.`);
  }
}

export const chooseSchedule = ({ schedule = "constant" }: OptimizerFlags): Schedule =>
  schedules[member(schedules, schedule, "--schedule")]();

/** The loss by name, or the one that suits the labels, with the number of scores it needs. */
export function chooseLoss(
  name: string | undefined,
  { classes, labels }: Dataset,
  path: string,
): { loss: Loss; outputs: number } {
  if (classes?.length === 1) {
    throw new Failure(
      `${path}: expected at least 2 classes, got 1 (${classes[0]}). Is that the column of the labels? Choose it with --label.`,
    );
  }
  const kind = member(losses, name ?? (classes ? "softmaxCrossEntropy" : "leastSquares"), "--loss");
  if (!classes && kind !== "leastSquares")
    throw usage(`--loss ${kind}: needs classes, and the labels are numbers. Use leastSquares.`);
  if (classes && kind === "leastSquares")
    throw usage(
      "--loss leastSquares: needs numbers as labels, and these are classes. Read them as numbers with --task regression.",
    );
  if (kind === "logistic" && classes?.length !== 2)
    throw usage(`--loss logistic: needs 2 classes, got ${classes?.length}. Use softmaxCrossEntropy.`);
  return { loss: losses[kind](), outputs: kind === "logistic" || !classes || labels.length === 0 ? 1 : classes.length };
}
