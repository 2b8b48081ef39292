/** σ(K ⋆ y + b): cross-correlation, as every framework. */
import { OdenetError } from "../core/errors.ts";
import { pickOptions, type Rules } from "../core/registry.ts";
import { type ActivationName, activate } from "../operations/activation.ts";
import { addBias } from "../operations/bias.ts";
import { convolution } from "../operations/convolution.ts";
import { area } from "../operations/windows.ts";
import { defaultInitialization } from "./dense.ts";
import { imageInput } from "./imageForm.ts";
import type { LayerKind } from "./layer.ts";
import { type Padding, paddingRule, windowsOn } from "./movingWindow.ts";
import { type Initialization, kernelParameter, rowParameter } from "./parameters.ts";
import { activationRule, biasRule, extentRule, initializationRule, sizeRule, type Undrawn } from "./rules.ts";

export interface Conv2dOptions {
  /** Height and width of the kernel, default 3. */
  size?: number;
  /** Default 1. */
  stride?: number;
  /** Zeros around the image: a number on each side, `"valid"` for none, or `"same"`, the default: ⌊(size − 1) / 2⌋. */
  padding?: Padding;
  /** Groups of channels that do not see each other, default 1. */
  groups?: number;
  /** Whether b is there, default true. */
  bias?: boolean;
  /** σ, default `"identity"`. */
  activation?: ActivationName;
  /** First values of K, default `"he"` for the relu family, `"glorot"` for the others. */
  initialization?: Initialization;
}

/** What a convolution and a transposed one have in common. */
export interface Convolution {
  readonly channels: number;
  readonly size: number;
  readonly stride: number;
  readonly padding: Padding;
  readonly groups: number;
  readonly bias: boolean;
  readonly activation: ActivationName;
  readonly initialization: Initialization;
}

export interface Conv2d extends Convolution {
  readonly kind: "conv2d";
}

/** Rules for what both have in common. */
export const convolutionRules: Rules<Undrawn<Convolution>> = {
  channels: sizeRule("channels"),
  size: extentRule("height and width", 3),
  stride: extentRule("stride", 1),
  padding: paddingRule("same"),
  groups: { kind: "whole", label: "groups of channels", from: 1, initial: 1 },
  bias: biasRule,
  activation: activationRule("identity"),
  initialization: initializationRule,
};

/** The options with the activation's first values where none are named. */
export function drawn<T extends Undrawn<{ activation: ActivationName }>>(options: T) {
  return { ...options, initialization: options.initialization ?? defaultInitialization(options.activation) };
}

/** Throws `shape` unless the groups divide the channels before and behind the layer. */
export function checkGroups(groups: number, before: number, behind: number, where: string): void {
  for (const [channels, what] of [
    [before, "of the input"],
    [behind, "of the layer"],
  ] as const) {
    if (channels % groups !== 0) {
      throw new OdenetError(
        "shape",
        `${where}: expected the channels ${what} to be a multiple of groups = ${groups}, got ${channels}.`,
      );
    }
  }
}

/** `σ(K ⋆ y + b)` with `channels` output channels. Parameters K: [channels, in / groups, size, size], b: [channels]. */
export function conv2d(channels: number, options: Conv2dOptions = {}): Conv2d {
  return make({ ...options, channels });
}

const make = (given: object): Conv2d =>
  Object.freeze({ kind: "conv2d", ...drawn(pickOptions("conv2d", convolutionRules, given)) });

export const conv2dKind: LayerKind<Conv2d> = {
  kind: "conv2d",
  label: "convolution",
  options: convolutionRules,
  takes: () => "image",
  layOut(layer, input, name) {
    const where = `layer ${name} (conv2d)`;
    const image = imageInput(input, where);
    const { channels: filters, size, groups, bias, activation, initialization } = layer;
    checkGroups(groups, image[0], filters, where);
    const windows = windowsOn(image, layer, where);
    const K = kernelParameter(`${name}.K`, { filters, channels: image[0], size, groups }, initialization);
    const b = rowParameter(`${name}.b`, filters);
    return {
      output: [filters, ...windows.places],
      parameters: bias ? [K, b] : [K],
      record({ record, parameter }, y) {
        const z = convolution(record, y, parameter(K.name), windows);
        return activate(record, bias ? addBias(record, z, parameter(b.name), area(windows.places)) : z, activation);
      },
    };
  },
  parse: make,
};
