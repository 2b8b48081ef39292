/** The last layer of a network, where it is linear: scores = W y + b of the features y that the layers before it make. */
import type { Recorder } from "../core/recording/recorder.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import { layOut } from "../layers/index.ts";
import type { LayerPlan } from "../layers/layer.ts";
import type { LayerContext } from "../layers/parameters.ts";
import { featureCount } from "../layers/shape.ts";
import { addBias } from "../operations/bias.ts";
import { product } from "../operations/product.ts";
import type { Engine } from "./engine.ts";

export interface Classifier {
  /** Features that it sees. */
  readonly width: number;
  /** Names of its parameters, and where they lie in the core's θ: at its end. */
  readonly names: readonly string[];
  readonly first: number;
  readonly count: number;
  /** All layers before it. */
  readonly head: LayerPlan;
  record(record: Recorder, context: LayerContext, features: Tensor): Tensor;
}

const known = new WeakMap<Engine, Classifier | undefined>();

export function classifierOf(engine: Engine): Classifier | undefined {
  if (!known.has(engine)) known.set(engine, find(engine));
  return known.get(engine);
}

function find(engine: Engine): Classifier | undefined {
  const { layers, input } = engine.network;
  const last = layers.length - 1;
  if (layers[last]?.kind !== "linear") return undefined;
  const head = layOut(layers.slice(0, last), input, "");
  const own = engine.vectors.table.parameters.filter(({ name }) => name.startsWith(`${last}.`));
  const [W, b] = own;
  if (!W) return undefined;
  return {
    width: featureCount(head.output),
    names: own.map(({ name }) => name),
    first: W.offset,
    count: engine.vectors.table.coreLength - W.offset,
    head,
    record(record, { parameter }, features) {
      const scores = product(record, features, parameter(W.name));
      return b ? addBias(record, scores, parameter(b.name)) : scores;
    },
  };
}
