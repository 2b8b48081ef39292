/** Layers of Keras as layers, one after another: one rule a kind. */

import { OdenetError } from "../core/errors.ts";
import { isWhole } from "../core/guards.ts";
import type { Numbers } from "../core/host/memory.ts";
import { known } from "../core/known.ts";
import { messageOf } from "../core/messageOf.ts";
import { nth } from "../core/nth.ts";
import type { StoredTensor } from "../formats/safetensors.ts";
import {
  activation,
  averagePool2d,
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePool2d,
  type Layer,
  linear,
  maxPool2d,
  standardize,
} from "../layers/index.ts";
import type { Padding } from "../layers/movingWindow.ts";
import { exampleShape, type FeatureShape, isImage } from "../layers/shape.ts";
import { layOutNetwork, network } from "../networks/network.ts";
import { type ActivationName, activations } from "../operations/activation.ts";
import type { Found } from "./described.ts";
import { arrayOf, type Json, type KerasLayer, wrong } from "./kerasFile.ts";
import { CHANNELS_FIRST, kerasActivations, permuted } from "./kerasTensors.ts";

const isInteger = (value: unknown): value is number => Number.isSafeInteger(value);

/** Layers as they are found, one after another. */
export class Chain {
  readonly layers: Found[] = [];
  input: FeatureShape | undefined;
  ending: "softmax" | undefined;
  private padding = 0;
  private channelsLast = false;
  /** The image that a Flatten made features of, channels last, until a dense layer reads them. */
  private flattened: readonly [number, number, number] | undefined;

  constructor(private readonly weights: ReadonlyMap<string, StoredTensor>) {}

  extend({ kind, config }: KerasLayer): void {
    if (this.ending) throw wrong("softmax at the end", `${kind} behind it`);
    this.readInput(config);
    if (this.padding > 0 && !["Conv2D", "AveragePooling2D"].includes(kind)) {
      throw wrong("ZeroPadding2D before Conv2D or AveragePooling2D", kind);
    }
    const rule = Object.hasOwn(this.rules, kind) ? this.rules[kind] : undefined;
    if (!rule) throw wrong(`layers among ${Object.keys(this.rules).join(", ")}`, kind.slice(0, 60));
    try {
      rule(config);
    } catch (error) {
      // What the layer's own factory does not take.
      if (error instanceof OdenetError && error.code !== "file") throw wrong(`${kind} as odenet has it`, error.message);
      throw error;
    }
  }

  /** What each kind of layer adds. */
  private readonly rules: Readonly<Record<string, (config: Json) => void>> = {
    InputLayer: () => undefined,
    Dropout: (config) => this.push(dropout(Number(config.rate))),
    Dense: (config) => this.dense(config),
    Conv2D: (config) => this.convolution(config),
    Activation: (config) => this.activate(config.activation),
    ReLU: () => this.activate("relu"),
    Softmax: () => this.activate("softmax"),
    MaxPooling2D: (config) => this.push(maxPool2d(this.windows(config, config.pool_size))),
    AveragePooling2D: (config) => this.push(averagePool2d(this.windows(config, config.pool_size))),
    GlobalAveragePooling2D: (config) => {
      this.readFormat(config);
      this.push(globalAveragePool2d());
    },
    ZeroPadding2D: (config) => this.pad(config),
    Flatten: () => this.flatten(),
    BatchNormalization: (config) => this.normalize(config),
  };

  private push(layer: Layer, parameters: Readonly<Record<string, StoredTensor>> = {}): void {
    this.layers.push({ layer, parameters });
  }

  /** The shape of the input stands with the first layer. */
  private readInput({ batch_input_shape: given, batch_shape: other, data_format: format }: Json): void {
    if (this.input !== undefined) return;
    const shape = arrayOf(given ?? other, "batch_input_shape").slice(1);
    const input = exampleShape(shape.map((n) => (isWhole(n) ? n : 0)));
    if (!input)
      throw wrong("an input of [null, features] or of images", `[null, ${shape.map(String).join(", ").slice(0, 60)}]`);
    this.input = input;
    if (format === undefined) this.unread = true;
  }

  /** Whether nobody has said yet where an input image has its channels. */
  private unread = false;

  private readFormat({ data_format: format }: Json): void {
    const last = (format ?? "channels_last") !== CHANNELS_FIRST;
    if (this.layers.length === 0 && this.input !== undefined && isImage(this.input) && last) {
      const [height, width, channels] = this.input;
      this.input = [channels, height, width];
      this.channelsLast = true;
    } else if (last !== this.channelsLast) throw wrong("one data_format", "two of them");
    this.unread = false;
  }

  private weight(config: Json, name: string): StoredTensor | undefined {
    return this.weights.get(`${String(config.name)}/${name}`);
  }

  private kernel(config: Json, dimensions: number): StoredTensor {
    const kernel = this.weight(config, "kernel");
    if (kernel?.shape.length !== dimensions)
      throw wrong(`the weights ${String(config.name).slice(0, 60)}/kernel`, "none of that shape");
    return kernel;
  }

  private dense(config: Json): void {
    const kernel = this.kernel(config, 2);
    const K = this.inOrder({
      shape: [nth(kernel.shape, 1), nth(kernel.shape, 0)],
      values: permuted(kernel, [1, 0]),
    });
    const b = this.weight(config, "bias");
    const units = nth(K.shape, 0);
    const name = this.activationOf(config.activation);
    const bias = b !== undefined;
    if (name === "identity") this.push(linear(units, { bias }), b ? { W: K, b } : { W: K });
    else this.push(dense(units, { activation: name, bias }), b ? { K, b } : { K });
  }

  /** The columns of the first weights behind a Flatten, from (row, column, channel) to (channel, row, column). */
  private inOrder(K: StoredTensor): StoredTensor {
    const image = this.flattened;
    this.flattened = undefined;
    if (!image) return K;
    const [channels, height, width] = image;
    const [units = 0, columns] = K.shape;
    if (columns !== channels * height * width)
      throw wrong(`${channels * height * width} inputs behind Flatten`, `${columns}`);
    const values: Numbers = permuted({ shape: [units, height, width, channels], values: K.values }, [0, 3, 1, 2]);
    return { shape: K.shape, values };
  }

  private convolution(config: Json): void {
    const kernel = this.kernel(config, 4);
    const [size = 0, width = 0, , filters = 0] = kernel.shape;
    if (size !== width) throw wrong("square windows", `${size} × ${width}`);
    const dilations = arrayOf(config.dilation_rate ?? [1, 1], "dilation_rate");
    if (dilations.some((n) => n !== 1)) throw wrong("dilation_rate 1", "another");
    const order = [3, 2, 0, 1];
    const K = { shape: order.map((axis) => nth(kernel.shape, axis)), values: permuted(kernel, order) };
    const b = this.weight(config, "bias");
    const windows = this.windows({ strides: 1, ...config }, size);
    const options = { ...windows, bias: b !== undefined, activation: this.activationOf(config.activation) };
    this.push(conv2d(filters, options), b ? { K, b } : { K });
  }

  private windows(config: Json, sizes: unknown): { size: number; stride: number; padding: Padding } {
    this.readFormat(config);
    const pair = (value: unknown): number => {
      const [a, b] = Array.isArray(value) ? value : [value, value];
      if (a !== b || !isInteger(a)) throw wrong("square windows", JSON.stringify(value)?.slice(0, 40) ?? "none");
      return a;
    };
    const size = pair(sizes);
    const stride = pair(config.strides ?? size);
    const { padding: own } = this;
    this.padding = 0;
    if (config.padding === "same" && size > 1) {
      if (stride !== 1 || own > 0) throw wrong('padding "valid", or "same" with stride 1', '"same"');
      return { size, stride, padding: "same" };
    }
    return { size, stride, padding: own };
  }

  private pad(config: Json): void {
    this.readFormat(config);
    const sides = (Array.isArray(config.padding) ? config.padding : [config.padding]).flat();
    const [first] = sides;
    if (!sides.every((n) => n === first) || !isInteger(first))
      throw wrong("equal padding on all sides", JSON.stringify(sides).slice(0, 40));
    this.padding = first;
  }

  private flatten(): void {
    if (this.input === undefined) return;
    const { output } = layOutNetwork(this.soFar());
    if (isImage(output)) {
      if (this.unread) throw wrong("a layer that says where an image has its channels", "Flatten before it");
      if (this.channelsLast) this.flattened = output;
    }
    this.push(flatten());
  }

  private soFar() {
    try {
      const layers = this.layers.flatMap((found) => ("layer" in found ? [found.layer] : []));
      return network({ input: known(this.input), layers });
    } catch (error) {
      throw wrong("layers that fit together", messageOf(error));
    }
  }

  private activationOf(name: unknown): ActivationName {
    const found = Object.values(activations).find(
      (entry) => name !== undefined && kerasActivations[entry.name] === name,
    );
    if (found) return found.name;
    if (name === undefined) return "identity";
    if (name === "softmax") {
      this.ending = "softmax";
      return "identity";
    }
    throw wrong(`activations among ${Object.values(kerasActivations).join(", ")}, softmax`, String(name).slice(0, 40));
  }

  private activate(name: unknown): void {
    const found = this.activationOf(name);
    if (found !== "identity") this.push(activation(found));
  }

  /** γ (x − μ) / √(σ² + ε) + β, with the file's running statistics; without ε they were fixed: standardize. */
  private normalize(config: Json): void {
    const [mean, variance, gamma, beta] = ["moving_mean", "moving_variance", "gamma", "beta"].map((name) =>
      this.weight(config, name),
    );
    if (!mean || !variance) throw wrong("the statistics of BatchNormalization", "none");
    if (this.flattened) throw wrong("Dense behind Flatten", "BatchNormalization");
    const epsilon = typeof config.epsilon === "number" ? config.epsilon : 1e-3;
    const past = typeof config.momentum === "number" ? config.momentum : 0.99;
    const filled = (value: number): StoredTensor => ({ shape: mean.shape, values: mean.values.map(() => value) });
    const affine = gamma !== undefined || beta !== undefined;
    if (epsilon > 0) {
      const map = affine ? { scale: gamma ?? filled(1), shift: beta ?? filled(0) } : {};
      this.push(batchNorm({ epsilon, affine, momentum: 1 - past }), { ...map, mean, variance });
      return;
    }
    const deviation = Array.from(variance.values, (v, i) => Math.sqrt(v) / (gamma?.values[i] ?? 1));
    const centre = deviation.map((d, i) => nth(mean.values, i) - d * (beta?.values[i] ?? 0));
    this.push(standardize({ mean: centre, deviation }));
  }
}
