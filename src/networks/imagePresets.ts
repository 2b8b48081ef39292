/** Networks for images. */
import { OdenetError } from "../core/errors.ts";
import type { FieldOptions } from "../dynamics/affine.ts";
import type { Norm } from "../dynamics/dynamics.ts";
import { conv2dKernel, type Dynamics, doubleHamiltonian, layerField, parabolic } from "../dynamics/index.ts";
import { euler, verlet } from "../integrators/index.ts";
import type { Integrator } from "../integrators/integrator.ts";
import {
  averagePool2d,
  conv2d,
  dense,
  flatten,
  globalAveragePool2d,
  type Layer,
  linear,
  maxPool2d,
  ode,
} from "../layers/index.ts";
import type { OdeOptions } from "../layers/ode.ts";
import { checkName, checkWhole, type FeatureShape, show } from "../layers/shape.ts";
import type { ActivationName } from "../operations/activation.ts";
import { connector, normalizedConv2d } from "./connector.ts";
import { type Network, network } from "./network.ts";

export interface LeNetOptions {
  /** `[channels, height, width]`, default `[1, 28, 28]`. */
  input?: FeatureShape;
  /** Number of scores, default 10. */
  outputs?: number;
  /** σ, default `"relu"`; the original's is `"tanh"`. */
  activation?: ActivationName;
  /** Default `"max"`; the original's is `"average"`. */
  pooling?: "max" | "average";
  classes?: readonly string[];
}

/**
 * LeNet-5 (LeCun et al. 1998): two 5 × 5 convolutions with 6 and 16 channels, each followed by pooling, then 120, 84 and
 * `outputs` units. 61,706 parameters for images of 28 × 28, which the first convolution pads to 32 × 32.
 */
export function leNet(options: LeNetOptions = {}): Network {
  const { input = [1, 28, 28], outputs = 10, activation = "relu", pooling = "max", classes } = options;
  checkName(pooling, ["max", "average"], "leNet", "pooling");
  const pool = pooling === "max" ? maxPool2d : averagePool2d;
  const layers = [
    conv2d(6, { size: 5, activation }),
    pool(),
    conv2d(16, { size: 5, padding: "valid", activation }),
    pool(),
    flatten(),
    dense(120, { activation }),
    dense(84, { activation }),
    linear(outputs),
  ];
  return network(classes ? { input, layers, classes } : { input, layers });
}

/** `finalTime` (of each block, default 1), `weights`, `start`, `reversible`, `checkpoint` and `initialization` are those of `ode`. */
export interface ImagePresetOptions extends Omit<OdeOptions, "steps" | "times" | "nodes"> {
  /** `[channels, height, width]`, default `[3, 32, 32]`. */
  input?: FeatureShape;
  /** Number of scores, default 10. */
  outputs?: number;
  /** Channels of each block, default `[16, 32, 64]`; each block has half the resolution of the one before it. */
  channels?: readonly number[];
  /** Time steps of each block, default 3: one number for all, or one a block. */
  steps?: number | readonly number[];
  /** Height and width of the convolutions, default 3. */
  size?: number;
  /** Stride of the opening convolution, default 1. */
  stride?: number;
  activation?: ActivationName;
  /** N, in the blocks and between them: default `"instance"`; `"layer"`, `"batch"`, or false for none. */
  norm?: Norm | false;
  /** What the classifier sees of the last block: `"mean"`, the default, of every channel, or `"flatten"`, every position. */
  head?: "mean" | "flatten";
  classes?: readonly string[];
}

/** An opening convolution, blocks of time steps with connectors in between, the mean over all positions, a classifier. */
function blocks<D extends Dynamics>(
  where: string,
  options: ImagePresetOptions,
  activation: ActivationName,
  make: (options: FieldOptions) => D,
  integrator: Integrator<D["field"]>,
): Network {
  const { input = [3, 32, 32], outputs = 10, channels = [16, 32, 64], steps = 3, size = 3 } = options;
  const { stride, norm: given = "instance", head = "mean" } = options;
  checkName(head, ["mean", "flatten"], where, "head");
  const norm = given === false ? undefined : given;
  const counts = stepsOf(steps, channels, where);
  const { steps: _, ...time } = options;
  const layers = channels.flatMap((width, k): Layer[] => [
    ...(k === 0
      ? normalizedConv2d(where, width, { size, activation, norm, ...(stride === undefined ? {} : { stride }) })
      : connector(width, { activation, norm })),
    ode(make({ activation, kernel: conv2dKernel(size), ...(norm ? { norm } : {}) }), integrator, {
      ...time,
      steps: counts[k] ?? 1,
    }),
  ]);
  const { classes } = options;
  layers.push(head === "mean" ? globalAveragePool2d() : flatten(), linear(outputs));
  return network(classes ? { input, layers, classes } : { input, layers });
}

function stepsOf(steps: unknown, channels: readonly number[], where: string): number[] {
  if (!Array.isArray(channels) || channels.length === 0) {
    throw new OdenetError(
      "option",
      `${where}: expected channels as an array, one number a block, got ${show(channels)}.`,
    );
  }
  const counts = Array.isArray(steps) ? steps : channels.map(() => steps);
  if (counts.length !== channels.length) {
    throw new OdenetError(
      "option",
      `${where}: expected steps for ${channels.length} blocks, as many as channels, got ${counts.length}.`,
    );
  }
  return counts.map((count: unknown) => {
    checkWhole(count, where, "steps");
    return count;
  });
}

/** A convolutional ResNet: blocks of `y + h σ(N(K_j ⋆ y) + b_j)`; σ defaults to tanh. */
export function convResNet(options: ImagePresetOptions = {}): Network {
  const { activation = "tanh" } = options;
  return blocks("convResNet", options, activation, layerField, euler);
}

/** Parabolic blocks `y − h K_jᵀ σ(N(K_j ⋆ y) + b_j)` (Ruthotto & Haber 2020, section 3.1); σ defaults to relu. */
export function parabolicCnn(options: ImagePresetOptions & { hidden?: number } = {}): Network {
  const { activation = "relu", hidden } = options;
  const make = (field: FieldOptions) => parabolic(hidden === undefined ? field : { ...field, hidden });
  return blocks("parabolicCnn", options, activation, make, euler);
}

/**
 * Blocks of two coupled halves of the channels with Verlet's method (Chang et al. 2018): `y − h K₁ᵀ σ(N(K₁ z) + b₁)`,
 * `z + h K₂ᵀ σ(N(K₂ y) + b₂)`. With `reversible: true` the memory does not grow with the steps; σ defaults to relu.
 */
export function hamiltonianCnn(options: ImagePresetOptions = {}): Network {
  const { activation = "relu" } = options;
  return blocks("hamiltonianCnn", options, activation, doubleHamiltonian, verlet);
}
