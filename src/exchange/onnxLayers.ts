/** Nodes of an ONNX graph as layers: one rule an operation. */

import { OdenetError } from "../core/errors.ts";
import { known } from "../core/known.ts";
import { nth } from "../core/nth.ts";
import type { OnnxNode, OnnxTensor } from "../formats/onnx.ts";
import type { StoredTensor } from "../formats/safetensors.ts";
import {
  activation,
  averagePool2d,
  batchNorm,
  conv2d,
  convTranspose2d,
  dense,
  flatten,
  globalAveragePool2d,
  instanceNorm,
  linear,
  localResponseNorm,
  maxPool2d,
} from "../layers/index.ts";
import type { ActivationName } from "../operations/activation.ts";
import { importError } from "./described.ts";
import {
  biasOf,
  expectWhole,
  type NodeContext,
  type NodeRule,
  type OnnxLayer,
  real,
  refuse,
  stored,
  transposed,
  whole,
  wholes,
  windows,
} from "./onnxNode.ts";

function linearOf(node: OnnxNode, W: StoredTensor, bias: OnnxTensor | undefined): OnnxLayer {
  const units = nth(W.shape, 0);
  if (!bias) return { layer: linear(units, { bias: false }), parameters: { W } };
  return { layer: linear(units), parameters: { W, b: biasOf(node, bias, units) } };
}

const gemm: NodeRule = ({ node, inputs: [a, B, C] }) => {
  expectWhole(node, "transA", 0);
  const [alpha, beta] = [real(node, "alpha", 1), real(node, "beta", 1)];
  if (alpha !== 1 || beta !== 1 || a) throw refuse(node, a ? "the weights as first factor" : "factors other than 1");
  const weights = stored(node, B, "weights", 2);
  return linearOf(node, whole(node, "transB", 0) === 1 ? weights : transposed(weights), C);
};

const matMul: NodeRule = ({ node, inputs: [a, B] }) => {
  if (a) throw refuse(node, "the weights as first factor");
  return linearOf(node, transposed(stored(node, B, "weights", 2)), undefined);
};

/** A constant added to a product without a bias is its bias. */
const addConstant: NodeRule = ({ node, inputs, previous }) => {
  const constant = inputs.find((tensor) => tensor !== undefined);
  const layer = previous?.layer;
  if (layer?.kind === "linear" && !layer.bias) {
    return { ...linearOf(node, known(previous?.parameters.W), constant), replaces: true };
  }
  if (
    (layer?.kind === "conv2d" || layer?.kind === "convTranspose2d") &&
    !layer.bias &&
    layer.activation === "identity"
  ) {
    const b = biasOf(node, constant, layer.channels);
    const parameters = { ...previous?.parameters, b };
    const { channels, ...options } = layer;
    const make = layer.kind === "conv2d" ? conv2d : convTranspose2d;
    return { layer: make(channels, { ...options, bias: true }), parameters, replaces: true };
  }
  throw refuse(node, "a constant added to something other than a product");
};

/** A number that multiplies: the scale of a dense layer, or of the weights of a linear one. */
const scale: NodeRule = ({ node, inputs, previous }) => {
  const constant = inputs.find((tensor) => tensor !== undefined);
  const factor = constant?.values.length === 1 ? Number(constant.values[0]) : Number.NaN;
  const { layer, parameters = {} } = previous ?? {};
  if (Number.isNaN(factor)) throw refuse(node, "a factor other than one number");
  if (layer?.kind === "dense") {
    const { units, ...options } = layer;
    return { layer: dense(units, { ...options, scale: factor * options.scale }), parameters, replaces: true };
  }
  if (layer?.kind === "linear") {
    const scaled = Object.entries(parameters).map(([letter, { shape, values }]) => {
      return [letter, { shape, values: values.map((x) => factor * x) }];
    });
    return { layer, parameters: Object.fromEntries(scaled), replaces: true };
  }
  throw refuse(node, "a factor of something other than a product or its activation");
};

/** σ behind a linear layer or a convolution becomes a part of it. */
function activate(name: ActivationName): NodeRule {
  return ({ previous }) => {
    const { layer, parameters = {} } = previous ?? {};
    if (layer?.kind === "linear") {
      const { W, ...rest } = parameters;
      const options = { activation: name, bias: layer.bias };
      return { layer: dense(layer.units, options), parameters: { K: known(W), ...rest }, replaces: true };
    }
    if ((layer?.kind === "conv2d" || layer?.kind === "convTranspose2d") && layer.activation === "identity") {
      const { channels, ...options } = layer;
      const make = layer.kind === "conv2d" ? conv2d : convTranspose2d;
      const changed = make(channels, { ...options, activation: name });
      return { layer: changed, parameters, replaces: true };
    }
    return { layer: activation(name), parameters: {} };
  };
}

function convolution(node: OnnxNode, K: StoredTensor, bias: OnnxTensor | undefined, channels: number) {
  const options = { ...windows(node, K.shape.slice(2)), groups: whole(node, "group", 1), bias: bias !== undefined };
  const parameters = bias ? { K, b: biasOf(node, bias, channels) } : { K };
  return { options, parameters };
}

const conv: NodeRule = ({ node, inputs: [, W, b] }) => {
  const K = stored(node, W, "weights", 4);
  const { options, parameters } = convolution(node, K, b, nth(K.shape, 0));
  return { layer: conv2d(nth(K.shape, 0), options), parameters };
};

const convTranspose: NodeRule = ({ node, inputs: [, W, b] }) => {
  const K = stored(node, W, "weights", 4);
  const channels = nth(K.shape, 1) * whole(node, "group", 1);
  const { options, parameters } = convolution(node, K, b, channels);
  const [outputPadding = 0, across = outputPadding] = wholes(node, "output_padding", [0, 0]);
  if (outputPadding !== across || node.attributes.output_shape) throw refuse(node, "an output of its own shape");
  return { layer: convTranspose2d(channels, { ...options, outputPadding }), parameters };
};

/** γ (x − μ) / √(σ² + ε) + β with the file's running statistics; ONNX counts the share of the past as momentum. */
const normalizeBatch: NodeRule = ({ node, inputs: [, scale, shift, mean, variance] }) => {
  expectWhole(node, "training_mode", 0);
  const row = (tensor: typeof scale) => stored(node, tensor, "statistics", 1);
  const options = { epsilon: real(node, "epsilon", 1e-5), momentum: 1 - real(node, "momentum", 0.9) };
  const parameters = { scale: row(scale), shift: row(shift), mean: row(mean), variance: row(variance) };
  return { layer: batchNorm(options), parameters };
};

const instanceNormalization: NodeRule = ({ node, inputs: [, scale, shift] }) => {
  const parameters = { scale: stored(node, scale, "scales", 1), shift: stored(node, shift, "shifts", 1) };
  return { layer: instanceNorm({ epsilon: real(node, "epsilon", 1e-5) }), parameters };
};

const localResponse: NodeRule = ({ node }) => {
  const [alpha, beta, k] = [real(node, "alpha", 1e-4), real(node, "beta", 0.75), real(node, "bias", 1)];
  const size = whole(node, "size", 0);
  return { layer: localResponseNorm({ size, alpha, beta, k, divide: true }), parameters: {} };
};

const maxPool: NodeRule = ({ node }) => {
  expectWhole(node, "ceil_mode", 0);
  return { layer: maxPool2d(windows(node)), parameters: {} };
};

const averagePool: NodeRule = ({ node }) => {
  expectWhole(node, "ceil_mode", 0);
  const options = windows(node);
  const padded = options.padding !== "valid" && options.padding !== 0 && options.size > 1;
  if (padded && whole(node, "count_include_pad", 0) !== 1) throw refuse(node, "a mean that leaves out the padding");
  return { layer: averagePool2d(options), parameters: {} };
};

/** Images to features; features stay what they are. */
const toFeatures: NodeRule = ({ node, inputs: [, shape], previous }) => {
  if (node.operation === "Flatten") expectWhole(node, "axis", 1);
  else if (shape?.values.length !== 2) throw refuse(node, "another shape than [batch, features]");
  const already = ["linear", "dense", "flatten", "globalAveragePool2d"].includes(previous?.layer.kind ?? "");
  return already ? "nothing" : { layer: flatten(), parameters: {} };
};

const softmax: NodeRule = ({ node }) => {
  const axis = whole(node, "axis", -1);
  if (axis !== -1 && axis !== 1) throw refuse(node, `axis ${axis}`);
  return { layer: activation("identity"), parameters: {}, softmax: true };
};

const nothing: NodeRule = () => "nothing";

const rules: Readonly<Record<string, NodeRule>> = {
  Gemm: gemm,
  MatMul: matMul,
  Add: addConstant,
  Mul: scale,
  Conv: conv,
  ConvTranspose: convTranspose,
  BatchNormalization: normalizeBatch,
  InstanceNormalization: instanceNormalization,
  LRN: localResponse,
  Tanh: activate("tanh"),
  Relu: activate("relu"),
  Sigmoid: activate("sigmoid"),
  Softplus: activate("softplus"),
  Sin: activate("sin"),
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: () => ({ layer: globalAveragePool2d(), parameters: {} }),
  Flatten: toFeatures,
  Reshape: toFeatures,
  Softmax: softmax,
  LogSoftmax: softmax,
  Identity: nothing,
  Dropout: nothing,
};

/** The layer of a node, or `"nothing"` where it changes nothing. Throws `file` for a node that odenet has no layer for. */
export function readNode(context: NodeContext): OnnxLayer | "nothing" {
  const rule = Object.hasOwn(rules, context.node.operation) ? rules[context.node.operation] : undefined;
  if (!rule) {
    throw importError(
      "fromOnnx",
      `operations among ${Object.keys(rules).join(", ")}`,
      context.node.operation.slice(0, 60) || "one without a name",
    );
  }
  try {
    return rule(context);
  } catch (error) {
    // What the layer's own factory does not take.
    if (error instanceof OdenetError && error.code !== "file")
      throw refuse(context.node, `one that is not: ${error.message}`);
    throw error;
  }
}
