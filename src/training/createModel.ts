/** A network becomes a model: laid out in memory, first parameters drawn, ready to be trained. */
import { OdenetError } from "../core/errors.ts";
import { coreBuild, coreInstance } from "../core/host/load.ts";
import { hire, MOST_THREADS } from "../core/host/team.ts";
import { Random, streams } from "../core/random.ts";
import type { Precision } from "../core/recording/tensor.ts";
import { type NamesOf, refuseUnknown } from "../core/registry.ts";
import { checkName, checkWhole, show } from "../layers/shape.ts";
import { type Loss, losses, softmaxCrossEntropy } from "../losses/index.ts";
import { Engine, type EngineOptions } from "../model/engine.ts";
import type { Data } from "../model/examples.ts";
import { initialize } from "../model/initialize.ts";
import { Model } from "../model/model.ts";
import type { Network } from "../networks/network.ts";
import type { Regularizer } from "../regularizers/index.ts";
import { encoderFromJSON } from "../tables/description.ts";
import type { Encoder, EncoderDescription } from "../tables/index.ts";
import { type FitOptions, type FitResult, fitModel } from "./fit.ts";
import type { DataStream } from "./stream.ts";
import { type PlanOptions, planOf } from "./toPlan.ts";

export interface ModelOptions {
  /** The loss, or its factory; default `softmaxCrossEntropy()`. */
  loss?: Loss | (() => Loss);
  /** Added to the loss, as `[tikhonov(1e-4), timeSmoothness(1e-3)]`; default none. */
  regularizers?: readonly Regularizer[];
  /** Default `"f32"`. */
  precision?: Precision;
  /**
   * From `fitEncoder` of odenet/tables, or its description: saved with the model, which then says the values of a regression in the
   * target's units. Throws `shape` for a network of other features or scores.
   */
  encoder?: Encoder | EncoderDescription;
  /** Seed of the first parameters, default 0. */
  seed?: number;
  /** False keeps every call of a plan apart, for `describe` and debugging: slower, the same bits. Default true. */
  fuse?: boolean;
  /**
   * True computes a b + c with one rounding where the machine can (relaxed SIMD): faster on Intel and Arm, and not
   * bit-reproducible, since another machine or engine may round twice. Without support, as in Node 20, the standard build
   * runs. Default false.
   */
  relaxed?: boolean;
  /**
   * Threads that work together, default 1. They never change a bit of the result: each computes its own examples, and sums
   * over examples are added in one order. A power of two up to 8 is used; `lossSurface` and `lossLine` deal out their points
   * to all, up to 8. One thread does the work alone where there is no shared memory, on a page's main thread, which must not
   * wait, and for batches so small that sharing would be slower.
   */
  threads?: number;
  /** @internal Operations of a plan from which it is shared among threads. */
  sharedWork?: number;
}

/** The options of `createModel`, with the words that others use for them. */
const modelNames: NamesOf<ModelOptions> = {
  loss: ["objective", "criterion", "loss_function"],
  regularizers: ["regularizer", "regularization", "penalty", "penalties", "weight_decay"],
  precision: ["dtype", "type"],
  encoder: ["preprocessor", "transformer"],
  seed: ["random_state", "random_seed"],
  fuse: ["fusion"],
  relaxed: ["fma"],
  threads: ["n_jobs", "workers", "num_threads"],
  sharedWork: [],
};

/** A model as `createModel` gives it: it can train itself. */
export interface TrainableModel extends Model {
  /**
   * Trains in the background of the event loop; the same bits as `train` with the same options. Data larger than memory
   * come as a stream of chunks.
   */
  fit(data: Data | DataStream, options?: FitOptions): Promise<FitResult>;
  /**
   * The model as plans that any host of odenet/core.wasm runs, with its parameters, as one block of bytes: `predict` and, with
   * `training`, `step`, which computes objective and gradient of a batch and updates θ in place. See docs/embedding.md for
   * the layout and for hosts in C, Rust, Go and Python. With dropout, a step also reads `step/numbers`, each example's number in
   * the batch, and `counters`: the seed, low word and high word, and the step's number, from 0. Throws `option` for batches above 2,048 examples, for dopri5, and for
   * optimizers that search for their steps.
   *
   * @example
   * await writeFile("model.plan", model.toPlan({ batch: 64, training: true, optimizer: sgd({ learningRate: 0.1 }) }));
   */
  toPlan(options: PlanOptions): Uint8Array<ArrayBuffer>;
}

export const precisions: readonly Precision[] = ["f32", "f64"];

/**
 * Compiles a network into WebAssembly memory and draws its first parameters by seed. Throws `shape`, `option`, `name`,
 * `engine` or `memory`.
 */
export async function createModel(network: Network, options: ModelOptions = {}): Promise<TrainableModel> {
  const { loss: given = softmaxCrossEntropy(), regularizers = [], precision = "f32", seed = 0 } = options;
  refuseUnknown("createModel", "options", modelNames, options);
  checkName(precision, precisions, "createModel", "precision");
  const loss = typeof given === "function" ? given() : given;
  checkName(loss?.kind, Object.keys(losses) as Loss["kind"][], "createModel", "loss");
  if (typeof network !== "object" || network === null || !Array.isArray(network.layers)) {
    throw new OdenetError(
      "option",
      `createModel: expected a network, got ${show(network)}. Make one with network({ input, layers }).`,
    );
  }
  const checked = checkRegularizers(regularizers);
  const engine = new Engine(network, loss, precision, {
    ...(await engineOptions(options)),
    regularizers: checked,
    seed,
    encoder: options.encoder && encoderFromJSON(JSON.stringify(options.encoder)),
  });
  initialize(engine, new Random(seed, streams.initialization));
  return trainable(engine);
}

/** How to hold a model, from the options of `createModel` and `modelFromBytes`. */
export async function engineOptions(options: ModelOptions): Promise<EngineOptions> {
  const { fuse = true, relaxed = false, threads = 1, sharedWork } = options;
  checkWhole(threads, "createModel", "threads");
  const module = relaxed ? await coreBuild("relaxed") : undefined;
  const load = () => coreBuild(module ? "threadsRelaxed" : "threads");
  const team = await hire(Math.min(threads, MOST_THREADS), load);
  return {
    fuse,
    core: await coreInstance(team?.module ?? module, team?.memory),
    team,
    sharedWork,
    relaxed: module !== undefined,
  };
}

function checkRegularizers(regularizers: unknown): readonly Regularizer[] {
  if (Array.isArray(regularizers)) return regularizers;
  throw new OdenetError(
    "option",
    `createModel: expected regularizers as a list, got ${show(regularizers)}. Write [tikhonov(1e-4)].`,
  );
}

/** The model of an engine, with its `fit` and `toPlan`. */
export function trainable(engine: Engine): TrainableModel {
  const model = new Model(engine);
  return Object.defineProperties(model, {
    fit: { value: (data: Data | DataStream, options?: FitOptions) => fitModel(model, data, options) },
    toPlan: { value: (options: PlanOptions) => planOf(engine, options) },
  }) as TrainableModel;
}
