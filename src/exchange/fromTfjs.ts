/**
 * A model from a layers model of TensorFlow.js or Keras (`model.json` and its weights): a chain of layers, or one with sums of
 * two paths. Images may be channels last, as is usual there: the model has them channels first, and the first dense layer behind
 * a Flatten gets its columns in that order.
 */
import { isRecord } from "../core/guards.ts";
import { known } from "../core/known.ts";
import { messageOf } from "../core/messageOf.ts";
import { asBytes } from "../data/bytes.ts";
import type { StoredTensor } from "../formats/safetensors.ts";
import { understandModel } from "../model/saving.ts";
import { layOutNetwork, networkFromJSON } from "../networks/network.ts";
import type { TrainableModel } from "../training/index.ts";
import { restoreModel } from "../training/modelFromBytes.ts";
import { type ImportOptions, modelOf } from "./described.ts";
import { type Json, layersOf, objectOf, parsed, weightsOf, wrong } from "./kerasFile.ts";
import { Chain } from "./kerasLayers.ts";
import { permuted } from "./kerasTensors.ts";
import { kerasGraph } from "./toTfjs.ts";

const WHERE = "fromTfjs";

/** The two files of a layers model; the weights of several shards one after another. */
export interface TfjsSource {
  /** The text of `model.json`, or what it parses to. */
  readonly json: string | object;
  readonly weights: Uint8Array | ArrayBuffer;
}

/**
 * The model of a TensorFlow.js layers model: a chain of Dense, Activation, Conv2D, MaxPooling2D, AveragePooling2D,
 * GlobalAveragePooling2D, ZeroPadding2D before a layer with windows, Flatten, Dropout and BatchNormalization; a
 * softmax at the end becomes the loss. Throws `file` for everything else.
 */
export async function fromTfjs({ json, weights }: TfjsSource, options: ImportOptions = {}): Promise<TrainableModel> {
  const file = typeof json === "string" ? parsed(json) : json;
  const { modelTopology, weightsManifest, userDefinedMetadata: own } = objectOf(file, "model.json");
  const found = weightsOf(weightsManifest, asBytes(weights, WHERE));
  if (isRecord(own) && "odenet" in own) return ownModel(own, [...found.values()], options);
  const chain = new Chain(found);
  for (const layer of layersOf(modelTopology)) chain.extend(layer);
  const { input, layers, ending } = chain;
  if (input === undefined) throw wrong("an input shape", "none");
  return modelOf({ input, layers, ending }, options, WHERE);
}

/** The network of the metadata: its graph is made once more, and its weights are read where they were written. */
function ownModel(
  description: Json,
  weights: readonly StoredTensor[],
  { loss, classes: _, ...options }: ImportOptions,
) {
  const tensors = new Map<string, StoredTensor>();
  try {
    const described = networkFromJSON(description.network);
    const { parameters, state: statistics = [] } = layOutNetwork(described);
    const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
    const most = weights.reduce((sum, { values }) => sum + values.length, 0);
    for (const { name, shape } of [...parameters, ...statistics]) {
      // The last node of nodal weights is not in the file, since nothing reads it.
      if (!(size(shape) <= 2 * most)) throw new Error(`${size(shape)} numbers of ${name} in a file of ${most}`);
      tensors.set(name, { shape, values: new Float32Array(size(shape)) });
    }
    const get = (name: string) => known(tensors.get(name)).values;
    const { graph } = kerasGraph({ network: described, parameters, statistics, get });
    for (const [k, { shape }] of graph.weights.entries()) {
      const tensor = weights[k];
      if (tensor?.shape.join() !== shape.join())
        throw new Error(`[${tensor?.shape.join(", ") ?? ""}] for [${shape.join(", ")}]`);
      const origin = graph.origins[k];
      if (!origin) continue;
      const { parameter, item = 0, order } = origin;
      const inverse = order?.map((_, axis) => order.indexOf(axis));
      get(parameter).set(inverse ? permuted(tensor, inverse) : tensor.values, item * tensor.values.length);
    }
  } catch (error) {
    throw wrong("the weights of the network in the metadata", messageOf(error));
  }
  const metadata = new Map(Object.entries(description).map(([key, value]) => [key, String(value)]));
  const saved = understandModel({ metadata: new Map([...metadata, ["precision", "f32"]]), tensors }, WHERE);
  const chosen = typeof loss === "function" ? loss() : (loss ?? saved.loss);
  return restoreModel({ ...saved, loss: chosen }, options, WHERE);
}
