/** The three training steps that everything is measured by: a ResNet on peaks, tanh, softmax, five classes. */

import { peaks } from "../src/data/index.ts";
import {
  createModel,
  type Data,
  dense,
  hamiltonianNet,
  imagePresets,
  layerField,
  linear,
  type ModelOptions,
  type Network,
  network,
  type Optimizer,
  ode,
  type PresetOptions,
  resNet,
  rk4,
  type Step,
  train,
} from "../src/index.ts";

export interface Size {
  readonly width: number;
  readonly layers: number;
  readonly batch: number;
}

export const SIZES: readonly Size[] = [
  { width: 8, layers: 16, batch: 40 },
  { width: 64, layers: 32, batch: 256 },
  { width: 256, layers: 64, batch: 256 },
];

export const INPUTS = 2;
export const OUTPUTS = 5;
export const LEARNING_RATE = 1e-3;
export const MOMENTUM = 0.9;

export const sizeName = ({ width, layers, batch }: Size) => `${width} / ${layers} / ${batch}`;

/** The networks that are measured: dense(width), `layers` time steps, linear(outputs), tanh. */
export const NETWORKS = {
  resNet,
  hamiltonian: hamiltonianNet,
  rk4: ({ input, outputs, width, ...options }: PresetOptions) =>
    network({ input, layers: [dense(width), ode(layerField(), rk4, options), linear(outputs)] }),
} as const;

export type NetworkName = keyof typeof NETWORKS;

/** Products of one time step. */
const PRODUCTS: Readonly<Record<NetworkName, number>> = { resNet: 1, hamiltonian: 2, rk4: 4 };

/**
 * Floating-point operations of the products in one step: forward, input cotangent and weight gradient; where features are
 * computed again, forward twice.
 */
export function stepOperations(
  { width, layers, batch }: Size,
  name: NetworkName = "resNet",
  { reversible = false } = {},
): number {
  const block = (reversible ? 4 : 3) * PRODUCTS[name] * layers * width * width;
  const opening = 2 * INPUTS * width; // no cotangent of the features
  const classifier = 3 * width * OUTPUTS;
  return 2 * batch * (block + opening + classifier);
}

/** Two batches of peaks: features example by example and class indices. */
export function examples({ batch }: Size, batches = 2) {
  const data = peaks({ examples: Math.ceil((batches * batch) / OUTPUTS) * OUTPUTS, seed: 1 });
  const count = batches * batch;
  const labels = Array.from({ length: count }, (_, i) => Number((data.labels as ArrayLike<number>)[i]));
  const features = Float32Array.from({ length: count * INPUTS }, (_, i) =>
    Number((data.features as ArrayLike<number>)[i]),
  );
  return { features, labels, count };
}

/** Endless training through the public API: one call, one step. */
export async function trainingStep(
  size: Size,
  optimizer: Optimizer,
  precision: "f32" | "f64" = "f32",
  held: Held = {},
  name: NetworkName = "resNet",
) {
  const described = NETWORKS[name]({ input: INPUTS, outputs: OUTPUTS, width: size.width, steps: size.layers });
  return endless(described, examples(size), size.batch, optimizer, precision, held);
}

type Held = Pick<ModelOptions, "threads" | "relaxed" | "sharedWork">;

/** The convolutional network that everything is measured by, on so many images at a time, 28 × 28 of noise. */
export const leNet = imagePresets.leNet();

/** Multiplications of LeNet for one image: the two convolutions, the dense layers. */
const LENET = { first: 28 * 28 * 6 * 25, second: 10 * 10 * 16 * 150, dense: 400 * 120 + 120 * 84 + 84 * 10 };

/** Floating-point operations of one step on `batch` images: no cotangent of the images. */
export const leNetOperations = (batch: number) => 2 * batch * (2 * LENET.first + 3 * (LENET.second + LENET.dense));

/** Images of noise, the same in every peer (uniform of peers/protocol.mjs), and classes in turn. */
export function noise(count: number, pixels: number, classes = 10) {
  let s = 1;
  const features = Float32Array.from({ length: count * pixels }, () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return (2 * s) / 2 ** 32 - 1;
  });
  return { features, labels: Array.from({ length: count }, (_, i) => i % classes) };
}

/** Endless training of `leNet` on two batches. */
export function leNetStep(batch: number, optimizer: Optimizer, precision: "f32" | "f64" = "f32", held: Held = {}) {
  return endless(leNet, noise(2 * batch, 784), batch, optimizer, precision, held);
}

/** The network of `npm start -- fashion`. */
export const fashionNet = imagePresets.parabolicCnn({
  input: [1, 28, 28],
  channels: [16, 32],
  steps: [1, 2],
  stride: 2,
  head: "flatten",
});

/** Endless training of `fashionNet` on two batches. */
export function fashionStep(batch: number, optimizer: Optimizer) {
  return endless(fashionNet, noise(2 * batch, 784), batch, optimizer, "f32", { threads: 1 });
}

async function endless(
  described: Network,
  data: Data,
  batchSize: number,
  optimizer: Optimizer,
  precision: "f32" | "f64",
  held: Held,
) {
  const model = await createModel(described, { precision, seed: 1, ...held });
  const steps = train(model, data, { optimizer, batchSize, epochs: 1_000_000_000 });
  return (): Step => {
    const { value, done } = steps.next();
    if (done) throw new Error("training ended");
    if (value.diverged) throw new Error(`training diverged at step ${value.iteration}`);
    return value;
  };
}
