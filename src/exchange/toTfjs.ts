/**
 * A model as TensorFlow.js saves layers models: `model.json` with the topology (Keras's functional API) and the list of weights,
 * and one file of their numbers in float32. Images are channels first, as everywhere in odenet.
 */

import { OdenetError } from "../core/errors.ts";
import { known } from "../core/known.ts";
import { joined } from "../formats/protobuf.ts";
import type { BatchNorm } from "../layers/batchNorm.ts";
import type { Layer } from "../layers/index.ts";
import { paddingOf } from "../layers/movingWindow.ts";
import type { Ode } from "../layers/ode.ts";
import { isImage } from "../layers/shape.ts";
import type { Model } from "../model/model.ts";
import { descriptionOf } from "../model/saving.ts";
import type { ActivationName } from "../operations/activation.ts";
import { CHANNELS_FIRST, itemOf, kerasActivations, type Origin, type Stored, turned } from "./kerasTensors.ts";

/** The two files of a layers model. */
export interface TfjsFiles {
  /** The text of `model.json`. */
  readonly json: string;
  /** The bytes of `weights.bin`, beside it. */
  readonly weights: Uint8Array<ArrayBuffer>;
}

/**
 * The model for `tf.loadLayersModel`. It has dense, linear, activations, residual steps (layerField with euler), blocks of two
 * paths, convolutions without groups, pools, flatten, dropout, batchNorm with its running statistics, and standardize; input `[batch, n_f]` or `[batch, channels, height,
 * width]`. Throws `option` for layers that TensorFlow.js does not have: export these with toOnnx.
 *
 * @example
 * const { json, weights } = toTfjs(model);
 * await writeFile("model.json", json);
 * await writeFile("weights.bin", weights);
 */
export function toTfjs(model: Model): TfjsFiles {
  const { graph, input, output } = kerasGraph(model);
  const place = (name: string) => [[name, 0, 0]];
  const json = {
    format: "layers-model",
    generatedBy: "odenet",
    convertedBy: null,
    modelTopology: {
      class_name: "Model",
      config: { name: "network", layers: graph.nodes, input_layers: place(input), output_layers: place(output) },
      keras_version: "tfjs-layers 4.22.0",
      backend: "tensor_flow.js",
    },
    weightsManifest: [{ paths: ["weights.bin"], weights: graph.weights }],
    userDefinedMetadata: Object.fromEntries(descriptionOf(model)),
  };
  return { json: JSON.stringify(json), weights: joined(...graph.bytes) };
}

/** The graph of a network with its parameters, and the names of its first and last layer. */
export function kerasGraph(model: Parameters): { graph: KerasGraph; input: string; output: string } {
  const { input: shape, layers } = model.network;
  const graph = new KerasGraph(model);
  const input = graph.layer("InputLayer", [], {
    batch_input_shape: [null, ...(isImage(shape) ? shape : [shape])],
    dtype: "float32",
    sparse: false,
  });
  return { graph, input, output: graph.layers(layers, input, "") };
}

function unsupported(what: string): OdenetError {
  return new OdenetError(
    "option",
    `toTfjs: expected layers that TensorFlow.js has, got ${what}. Export the model with toOnnx instead.`,
  );
}

function activationName(name: ActivationName): string {
  const found = kerasActivations[name];
  if (!found) throw unsupported(`the activation ${name}`);
  return found;
}

type Config = Readonly<Record<string, unknown>>;

/** What the graph needs of a model. */
type Parameters = Pick<Model, "network" | "parameters" | "statistics"> & { get(name: string): ArrayLike<number> };

export class KerasGraph {
  readonly nodes: object[] = [];
  readonly weights: { name: string; shape: readonly number[]; dtype: "float32" }[] = [];
  /** Of each of the weights; fixed numbers of a layer have none. */
  readonly origins: (Origin | undefined)[] = [];
  readonly bytes: Uint8Array[] = [];
  /** The layers whose output is an image. */
  private readonly images = new Set<string>();

  constructor(private readonly model: Parameters) {}

  /** Adds a layer that reads others, and returns its name. */
  layer(kind: string, inputs: readonly string[], config: Config = {}): string {
    const name = `${kind.toLowerCase()}_${this.nodes.length}`;
    const inbound = inputs.length > 0 ? [inputs.map((input) => [input, 0, 0, {}])] : [];
    this.nodes.push({ class_name: kind, name, config: { name, ...config }, inbound_nodes: inbound });
    const image =
      inputs.length > 0 ? inputs.every((input) => this.images.has(input)) : isImage(this.model.network.input);
    if (image && kind !== "Flatten" && kind !== "GlobalAveragePooling2D") this.images.add(name);
    return name;
  }

  layers(layers: readonly Layer[], input: string, prefix: string): string {
    return layers.reduce((y, layer, i) => this.one(layer, y, `${prefix}${i}`), input);
  }

  private one(layer: Layer, y: string, name: string): string {
    switch (layer.kind) {
      case "linear":
        return this.dense(y, "identity", this.stored(`${name}.W`), layer.bias ? this.stored(`${name}.b`) : undefined);
      case "dense": {
        const bias = layer.bias ? this.stored(`${name}.b`) : undefined;
        return this.scaled(this.dense(y, layer.activation, this.stored(`${name}.K`), bias), layer.scale);
      }
      case "activation":
        return this.layer("Activation", [y], { activation: activationName(layer.activation) });
      case "ode":
        return this.steps(layer, y, name);
      case "add": {
        const shortcut = this.layers(layer.shortcut as readonly Layer[], y, `${name}.shortcut.`);
        return this.layer("Add", [shortcut, this.layers(layer.branch as readonly Layer[], y, `${name}.branch.`)]);
      }
      case "conv2d": {
        if (layer.groups !== 1) throw unsupported("conv2d with groups");
        const padded = this.padded(y, paddingOf(layer.padding, layer.size));
        const weights = { kernel: turned(this.stored(`${name}.K`), [2, 3, 1, 0]) };
        const config = {
          filters: layer.channels,
          kernel_size: [layer.size, layer.size],
          strides: [layer.stride, layer.stride],
          padding: "valid",
          data_format: CHANNELS_FIRST,
          dilation_rate: [1, 1],
          activation: activationName(layer.activation),
          use_bias: layer.bias,
        };
        const bias = layer.bias ? { bias: this.stored(`${name}.b`) } : {};
        return this.withWeights(this.layer("Conv2D", [padded], config), { ...weights, ...bias });
      }
      case "maxPool2d":
      case "averagePool2d": {
        const padding = paddingOf(layer.padding, layer.size);
        const max = layer.kind === "maxPool2d";
        if (max && padding.before + padding.behind > 0) throw unsupported("maxPool2d with padding");
        const config = {
          pool_size: [layer.size, layer.size],
          strides: [layer.stride, layer.stride],
          padding: "valid",
          data_format: CHANNELS_FIRST,
        };
        return this.layer(max ? "MaxPooling2D" : "AveragePooling2D", [this.padded(y, padding)], config);
      }
      case "globalAveragePool2d":
        return this.layer("GlobalAveragePooling2D", [y], { data_format: CHANNELS_FIRST });
      case "flatten":
        return this.layer("Flatten", [y]);
      case "dropout":
        return this.layer("Dropout", [y], { rate: layer.rate });
      case "batchNorm":
        return this.batchNorm(layer, y, name);
      case "standardize":
        return this.standardize(layer.mean, layer.deviation, y);
      default:
        throw unsupported(`${layer.kind} in layer ${name}`);
    }
  }

  /** y + h σ(K_j y + b_j), unrolled. */
  private steps(layer: Ode, y: string, name: string): string {
    const { dynamics, integrator, steps, stepSize, weights } = layer;
    if (dynamics.kind !== "layerField" || integrator !== "euler" || weights === "halfSteps" || layer.times) {
      throw unsupported(
        `${dynamics.kind} with ${integrator}${layer.times ? " on a grid of times" : ""} in layer ${name}`,
      );
    }
    if (dynamics.kernel) throw unsupported(`${dynamics.kind} with a ${dynamics.kernel.kind} kernel in layer ${name}`);
    if (dynamics.bias === "scalar") throw unsupported(`a scalar bias in layer ${name}`);
    const [K, b] = [this.stored(`${name}.K`), dynamics.bias ? this.stored(`${name}.b`) : undefined];
    const set = (stack: Stored, j: number): Stored => (weights === "constant" ? stack : itemOf(stack, j));
    let state = y;
    for (let j = 0; j < steps; j++) {
      const f = this.dense(state, dynamics.activation, set(K, j), b && set(b, j));
      state = this.layer("Add", [state, this.scaled(f, stepSize)]);
    }
    return state;
  }

  private dense(y: string, activation: ActivationName, K: Stored, b: Stored | undefined): string {
    const config = { units: K.shape[0], activation: activationName(activation), use_bias: b !== undefined };
    const kernel = turned(K, [1, 0]);
    return this.withWeights(this.layer("Dense", [y], config), b ? { kernel, bias: b } : { kernel });
  }

  private scaled(y: string, scale: number): string {
    return scale === 1 ? y : this.layer("Rescaling", [y], { scale, offset: 0 });
  }

  private padded(y: string, { before, behind }: { before: number; behind: number }): string {
    if (before + behind === 0) return y;
    const padding = [
      [before, behind],
      [before, behind],
    ];
    return this.layer("ZeroPadding2D", [y], { padding, data_format: CHANNELS_FIRST });
  }

  /** (x − mean) / deviation: a batch normalisation with given statistics. */
  private standardize(mean: readonly number[], deviation: readonly number[], y: string): string {
    if (deviation.some((d) => d < 0)) throw unsupported("standardize with negative deviations");
    const { input } = this.model.network;
    if (this.images.has(y) && isImage(input) && mean.length !== input[0]) {
      throw unsupported("standardize of every pixel of an image");
    }
    const row = (values: ArrayLike<number>): Stored => ({ shape: [mean.length], values: Float32Array.from(values) });
    const statistics = { moving_mean: row(mean), moving_variance: row(deviation.map((d) => d * d)) };
    return this.normalization(y, { momentum: 0.99, epsilon: 0, center: false, scale: false }, statistics);
  }

  /** With the running statistics; Keras counts the share of the past as momentum. */
  private batchNorm({ epsilon, affine, momentum }: BatchNorm, y: string, name: string): string {
    const config = { momentum: 1 - momentum, epsilon, center: affine, scale: affine };
    const map = affine ? { gamma: this.stored(`${name}.scale`), beta: this.stored(`${name}.shift`) } : {};
    const statistics = { moving_mean: this.stored(`${name}.mean`), moving_variance: this.stored(`${name}.variance`) };
    return this.normalization(y, config, { ...map, ...statistics });
  }

  /** TensorFlow.js computes this for the last axis only, whatever `axis` says. */
  private normalization(y: string, config: Config, weights: Readonly<Record<string, Stored>>): string {
    const normalised = (x: string) =>
      this.withWeights(this.layer("BatchNormalization", [x], { axis: -1, ...config }), weights);
    if (!this.images.has(y)) return normalised(y);
    const channelsLast = this.layer("Permute", [y], { dims: [2, 3, 1] });
    return this.layer("Permute", [normalised(channelsLast)], { dims: [3, 1, 2] });
  }

  private withWeights(layer: string, weights: Readonly<Record<string, Stored>>): string {
    for (const [name, { shape, values, origin }] of Object.entries(weights)) {
      this.origins.push(origin);
      this.weights.push({ name: `${layer}/${name}`, shape, dtype: "float32" });
      this.bytes.push(new Uint8Array(Float32Array.from(values).buffer));
    }
    return layer;
  }

  private stored(name: string): Stored {
    const all = [...this.model.parameters, ...this.model.statistics];
    const { shape } = known(all.find((p) => p.name === name));
    return { shape, values: this.model.get(name), origin: { parameter: name } };
  }
}
