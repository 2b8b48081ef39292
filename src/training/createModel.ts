/** A network becomes a model: laid out in memory, first parameters drawn, ready to be trained. */
import { OdenetError } from "../core/errors.ts";
import { Random, streams } from "../core/random.ts";
import type { Precision } from "../core/tensor.ts";
import { checkName, show } from "../layers/shape.ts";
import { type Loss, lossKinds, softmaxCrossEntropy } from "../losses/index.ts";
import { Engine } from "../model/engine.ts";
import type { Data } from "../model/examples.ts";
import { initialize } from "../model/initialize.ts";
import { Model } from "../model/model.ts";
import type { Network } from "../networks/network.ts";
import type { Regularizer } from "../regularizers/index.ts";
import { type FitOptions, type FitResult, fitModel } from "./fit.ts";
import type { DataStream } from "./stream.ts";

export interface ModelOptions {
  /** The loss, or its factory; default `softmaxCrossEntropy()`. */
  loss?: Loss | (() => Loss);
  /** Added to the loss, as `[tikhonov(1e-4), timeSmoothness(1e-3)]`; default none. */
  regularizers?: readonly Regularizer[];
  /** Default `"f32"`. */
  precision?: Precision;
  /** Seed of the first parameters, default 0. */
  seed?: number;
  /** False keeps every call of a plan apart, for `describe` and debugging: slower, the same bits. Default true. */
  fuse?: boolean;
}

/** A model as `createModel` gives it: it can train itself. */
export interface TrainableModel extends Model {
  /**
   * Trains in the background of the event loop; the same bits as `train` with the same options. Data larger than memory
   * come as a stream of chunks.
   */
  fit(data: Data | DataStream, options?: FitOptions): Promise<FitResult>;
}

export const precisions: readonly Precision[] = ["f32", "f64"];

/**
 * Compiles a network into WebAssembly memory and draws its first parameters by seed. Throws `shape`, `option`, `name`,
 * `engine` or `memory`.
 */
export async function createModel(network: Network, options: ModelOptions = {}): Promise<TrainableModel> {
  const { loss: given = softmaxCrossEntropy(), regularizers = [], precision = "f32", seed = 0, fuse = true } = options;
  checkName(precision, precisions, "createModel", "precision");
  const loss = typeof given === "function" ? given() : given;
  checkName(loss?.kind, Object.keys(lossKinds) as Loss["kind"][], "createModel", "loss");
  if (typeof network !== "object" || network === null || !Array.isArray(network.layers)) {
    throw new OdenetError(
      "option",
      `createModel: expected a network, got ${show(network)}. Make one with network({ input, layers }).`,
    );
  }
  const engine = new Engine(network, loss, precision, fuse, checkRegularizers(regularizers));
  initialize(engine, new Random(seed, streams.initialization));
  return trainable(engine);
}

function checkRegularizers(regularizers: unknown): readonly Regularizer[] {
  if (Array.isArray(regularizers)) return regularizers;
  throw new OdenetError(
    "option",
    `createModel: expected regularizers as a list, got ${show(regularizers)}. Write [tikhonov(1e-4)].`,
  );
}

/** The model of an engine, with its `fit`. */
export function trainable(engine: Engine): TrainableModel {
  const model = new Model(engine);
  return Object.defineProperty(model, "fit", {
    value: (data: Data | DataStream, fitOptions?: FitOptions) => fitModel(model, data, fitOptions),
  }) as TrainableModel;
}
