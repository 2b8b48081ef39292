/**
 * A model from an ONNX file. One that `toOnnx` wrote says in its metadata which network it is; of any other, the graph is read
 * as a chain of layers and residual blocks.
 */

import { known } from "../core/known.ts";
import { messageOf } from "../core/messageOf.ts";
import { nth } from "../core/nth.ts";
import type { Precision } from "../core/recording/tensor.ts";
import { asBytes } from "../data/bytes.ts";
import { type OnnxFile, type OnnxNode, type OnnxTensor, readOnnx } from "../formats/onnx.ts";
import type { StoredTensor } from "../formats/safetensors.ts";
import { linear } from "../layers/index.ts";
import { exampleShape, type FeatureShape } from "../layers/shape.ts";
import { understandModel } from "../model/saving.ts";
import { layOutNetwork, networkFromJSON } from "../networks/network.ts";
import type { TrainableModel } from "../training/index.ts";
import { restoreModel } from "../training/modelFromBytes.ts";
import { type Found, type ImportOptions, importError, modelOf } from "./described.ts";
import { readNode } from "./onnxLayers.ts";
import type { OnnxLayer } from "./onnxNode.ts";

const WHERE = "fromOnnx";

/**
 * The model of an ONNX file. What `toOnnx` wrote gives the same network and parameters again. Files of other tools may have
 * Gemm, MatMul, Conv, ConvTranspose, BatchNormalization for inference, activations, pools, Flatten and additions of two paths;
 * a Softmax or Sigmoid at the end becomes the loss. Throws `file` for everything else, and for bytes that are cut short,
 * damaged or hostile.
 *
 * @example
 * const model = await fromOnnx(await readFile("model.onnx"));
 */
export async function fromOnnx(bytes: Uint8Array | ArrayBuffer, options: ImportOptions = {}): Promise<TrainableModel> {
  const file = read(asBytes(bytes, WHERE));
  return file.metadata.has("odenet") ? ownModel(file, options) : foreignModel(file, options);
}

function read(bytes: Uint8Array): OnnxFile {
  try {
    return readOnnx(bytes);
  } catch (error) {
    if (error instanceof SyntaxError) throw importError(WHERE, "an ONNX file", error.message);
    throw error;
  }
}

/** The network of the metadata with the graph's parameters; those of a time step j end with `.j`. */
function ownModel({ metadata, initializers }: OnnxFile, { loss, classes: _, ...options }: ImportOptions) {
  const byName = new Map(initializers.map((tensor) => [tensor.name, tensor]));
  const precision: Precision = initializers.some(({ values }) => values instanceof Float64Array) ? "f64" : "f32";
  const tensors = new Map<string, StoredTensor>();
  try {
    const { parameters, state = [] } = layOutNetwork(networkFromJSON(metadata.get("network")));
    for (const { name, shape, axes } of [...parameters, ...state]) {
      const count = axes[0] === "count" ? nth(shape, 0) : undefined;
      const parts =
        count === undefined ? [name] : Array.from({ length: Math.min(count, byName.size) }, (_, k) => `${name}.${k}`);
      tensors.set(name, {
        shape,
        values: together(
          parts.map((part) => byName.get(part)),
          precision,
        ),
      });
    }
  } catch (error) {
    throw importError(WHERE, "a description of a network in the metadata", messageOf(error));
  }
  const saved = understandModel({ metadata: new Map([...metadata, ["precision", precision]]), tensors }, WHERE);
  const chosen = typeof loss === "function" ? loss() : (loss ?? saved.loss);
  return restoreModel({ ...saved, loss: chosen }, options, WHERE);
}

/** Numbers of several tensors, one after another. */
function together(tensors: readonly (OnnxTensor | undefined)[], precision: Precision): StoredTensor["values"] {
  const length = tensors.reduce((sum, tensor) => sum + (tensor?.values.length ?? 0), 0);
  const values = precision === "f32" ? new Float32Array(length) : new Float64Array(length);
  let at = 0;
  for (const tensor of tensors) {
    if (!tensor || tensor.values instanceof BigInt64Array) continue;
    values.set(tensor.values, at);
    at += tensor.values.length;
  }
  return values;
}

/** Every sum looks back for the place where its paths part. */
const MOST_NODES = 10_000;
/** Blocks within blocks. */
const DEEPEST = 32;

/** The layers from the input to a value, the last one first: paths share their beginnings. */
interface Path {
  readonly found?: OnnxLayer;
  /** A sum of two paths that part at `before`. */
  readonly sum?: readonly [Path, Path];
  readonly before: Path | undefined;
  readonly depth: number;
}

function foreignModel(file: OnnxFile, options: ImportOptions): Promise<TrainableModel> {
  const constants = new Map(file.initializers.map((tensor) => [tensor.name, tensor]));
  const [port, ...others] = file.inputs.filter(({ name }) => !constants.has(name));
  if (!port || others.length > 0) {
    throw importError(WHERE, "one input", others.length > 0 ? `${others.length + 1}` : "none");
  }
  const paths = new Map<string, Path>([[port.name, { before: undefined, depth: 0 }]]);
  if (file.nodes.length > MOST_NODES) throw importError(WHERE, `at most ${MOST_NODES} nodes`, `${file.nodes.length}`);
  for (const node of file.nodes) extend(paths, constants, node);
  const [output, ...more] = file.outputs;
  const last = output && paths.get(output.name);
  if (!last || more.length > 0)
    throw importError(WHERE, "one output that the input leads to", `${file.outputs.length}`);
  const { layers, ending } = withoutEnding(layersOf(last, undefined, new Set(), 0));
  return modelOf({ input: inputShape(port.shape), layers, ending }, options, WHERE);
}

function inputShape(shape: readonly (number | string)[]): FeatureShape {
  const input = exampleShape(shape.slice(1).map(Number));
  if (!input) {
    throw importError(
      WHERE,
      "an input of [batch, features] or [batch, channels, height, width]",
      `[${shape.join(", ")}]`,
    );
  }
  return input;
}

/** Follows one node: its output's path is that of its input with one layer more. */
function extend(paths: Map<string, Path>, constants: Map<string, OnnxTensor>, node: OnnxNode): void {
  const [output] = node.outputs;
  if (output === undefined) return;
  if (node.operation === "Constant") {
    const { value } = node.attributes;
    if (value && "tensor" in value) constants.set(output, value.tensor);
    return;
  }
  const moving = node.inputs.filter((name) => !constants.has(name) && name !== "");
  const given = moving.flatMap((name) => paths.get(name) ?? []);
  // What depends on no input, such as sizes computed from weights, is refused where a layer needs it.
  const [before, other] = given;
  if (given.length < moving.length || !before) return;
  if (node.operation === "Add" && other && given.length === 2) {
    paths.set(output, joined(before, other));
    return;
  }
  if (given.length > 1) throw importError(WHERE, "a chain of layers", `${node.operation} of ${given.length} values`);
  const inputs = node.inputs.map((name) => constants.get(name));
  const found = readNode({ node, inputs, previous: before.found });
  if (found === "nothing") paths.set(output, before);
  else if (found.replaces) paths.set(output, { found, before: before.before, depth: before.depth });
  else paths.set(output, { found, before, depth: before.depth + 1 });
}

/** The sum of two paths: they part at the last value that both pass. */
function joined(a: Path, b: Path): Path {
  let [x, y]: [Path | undefined, Path | undefined] = [a, b];
  while (x !== y) {
    if ((x?.depth ?? 0) >= (y?.depth ?? 0)) x = x?.before;
    else y = y?.before;
  }
  return { sum: [a, b], before: x, depth: Math.max(a.depth, b.depth) + 1 };
}

/** The layers between two values, the first one first. Each may be there once: what two paths shared would be copied. */
function layersOf(from: Path, to: Path | undefined, seen: Set<Path>, depth: number): Found[] {
  if (depth > DEEPEST) throw importError(WHERE, `blocks at most ${DEEPEST} deep within each other`, "deeper ones");
  const layers: Found[] = [];
  for (let path: Path | undefined = from; path && path !== to; path = path.before) {
    if (path.found || path.sum) {
      if (seen.has(path)) throw importError(WHERE, "a chain of layers and blocks of two paths", "paths that cross");
      seen.add(path);
    }
    if (path.found?.softmax && path !== from) throw importError(WHERE, "Softmax at the end", "one within the network");
    if (path.found) layers.push(path.found);
    else if (path.sum) {
      const [shortcut, branch] = path.sum;
      const before: Path | undefined = path.before;
      layers.push({
        branch: layersOf(branch, before, seen, depth + 1),
        shortcut: layersOf(shortcut, before, seen, depth + 1),
      });
    }
  }
  return layers.reverse();
}

/** A softmax at the end, or the sigmoid of one score, makes probabilities of the scores: the loss sees to that. */
function withoutEnding(layers: readonly Found[]): { layers: readonly Found[]; ending?: "softmax" | "sigmoid" } {
  const found = layers.at(-1);
  const last: OnnxLayer | undefined = found && "layer" in found ? found : undefined;
  const inner = layers.slice(0, -1);
  if (last?.softmax) return { layers: inner, ending: "softmax" };
  if (last?.layer?.kind === "dense" && last.layer.activation === "sigmoid" && last.layer.units === 1) {
    const { K, ...rest } = last.parameters;
    const scores = { layer: linear(1, { bias: last.layer.bias }), parameters: { W: known(K), ...rest } };
    return { layers: [...inner, scores], ending: "sigmoid" };
  }
  return { layers };
}
