/** What a training run is told, with the defaults, checked before the first step. */
import { OdenetError } from "../core/errors.ts";
import { type NamesOf, refuseUnknown } from "../core/registry.ts";
import { checkWhole, show } from "../layers/shape.ts";
import type { Data } from "../model/examples.ts";
import type { ClassWeights } from "../model/importances.ts";
import type { Optimizer } from "../optimizers/index.ts";
import { adam } from "../optimizers/index.ts";
import { isMethod, type Method } from "../optimizers/method.ts";
import type { Optimizer as RecordedUpdate } from "../optimizers/optimizer.ts";
import { checkReceipt, type ReceiptOptions } from "./receipts/ledger.ts";
import { constant, type Schedule } from "./schedules.ts";

export interface TrainOptions {
  /** Default `adam({ learningRate: 1e-3 })`. */
  optimizer?: Optimizer;
  /** Passes over the data, default 1; for methods such as lbfgs, whose step is a pass, their own number. */
  epochs?: number;
  /** Examples in a step, default 64, for methods such as lbfgs all; the last batch of an epoch may be smaller. */
  batchSize?: number;
  /** Seed of the order of the examples, default 0. A stream's examples keep their order. */
  seed?: number;
  /** Evaluated at the end of every epoch. */
  validation?: Data;
  /** Factors of the examples' weights by class: n / (k n_c) with `"balanced"`, or one number a class. */
  classWeights?: ClassWeights;
  /** Of the learning rate, default `constant()`. */
  schedule?: Schedule;
  /** Gradients longer than this are scaled to this norm before the update; default: none are. */
  clip?: number;
  /**
   * Early stopping: training ends after this many epochs without a smaller validation loss (training loss without
   * validation data), and θ becomes that of the best epoch. Default: all epochs, and θ stays the last one.
   */
  patience?: number;
  /** How much smaller a loss must be to count, default 0. Needs `patience`. */
  minimumChange?: number;
  /** What `step.checkpoint()` gave: the run goes on from there, with the same bits as if it had not been stopped. */
  resume?: Uint8Array | ArrayBuffer;
  /** Examples in one pass of a stream; schedules other than `constant()` need it to know how far training is. */
  examples?: number;
  /** Keeps a receipt of the run for `audit`, in memory: a checkpoint every so many steps. Not with a stream. Default: none. */
  receipt?: ReceiptOptions;
}

export interface Settings {
  /** One of the two. */
  readonly optimizer: RecordedUpdate | undefined;
  readonly method: Method | undefined;
  readonly epochs: number;
  /** Infinity: all examples. */
  readonly batchSize: number;
  readonly seed: number;
  readonly validation: Data | undefined;
  readonly classWeights: ClassWeights | undefined;
  readonly schedule: Schedule;
  readonly clip: number | undefined;
  readonly patience: number | undefined;
  readonly minimumChange: number;
  readonly receipt: ReceiptOptions | undefined;
}

/** The options of `train`, with the words that others use for them. */
export const trainNames: NamesOf<TrainOptions> = {
  optimizer: ["optim", "method"],
  epochs: ["n_epochs", "num_epochs", "max_epochs", "nb_epoch"],
  batchSize: ["batch_size", "bs", "mini_batch"],
  seed: ["random_state", "random_seed"],
  validation: ["validation_data", "val", "test"],
  classWeights: ["class_weight", "class_weights"],
  schedule: ["scheduler", "lr_scheduler", "learning_rate_schedule"],
  clip: ["clip_norm", "max_norm", "gradient_clip"],
  patience: ["early_stopping"],
  minimumChange: ["min_delta", "tol", "tolerance"],
  resume: ["checkpoint", "initial_state"],
  examples: ["steps_per_epoch", "n_samples"],
  receipt: ["proof"],
};

function fail(expected: string, got: unknown, fix: string): never {
  throw new OdenetError("option", `train: expected ${expected}, got ${show(got)}. ${fix}`);
}

/** Throws `option`. */
export function settingsOf(options: TrainOptions): Settings {
  refuseUnknown("train", "options", trainNames, options);
  const { optimizer = adam() } = options;
  const [method, update] = isMethod(optimizer) ? [optimizer, undefined] : [undefined, optimizer];
  const {
    epochs = method?.iterations ?? 1,
    batchSize = method ? Number.POSITIVE_INFINITY : 64,
    seed = 0,
    schedule = constant(),
    minimumChange = 0,
  } = options;
  const { validation, classWeights, clip, patience, receipt } = options;
  checkWhole(epochs, "train", "epochs", 0);
  if (batchSize !== Number.POSITIVE_INFINITY) checkWhole(batchSize, "train", "batchSize");
  if (!Number.isSafeInteger(seed)) fail("seed to be a whole number", seed, "Pass an integer such as 0.");
  if (method) checkMethod(method, options);
  else if (typeof update?.record !== "function") fail("an optimizer such as adam()", optimizer, "Call the factory.");
  if (typeof schedule?.rate !== "function") fail("a schedule such as cosine()", schedule, "Call the factory.");
  if (clip !== undefined && !(typeof clip === "number" && clip > 0))
    fail("clip to be a positive number", clip, "Pass the largest norm, as 1.");
  if (patience !== undefined) checkWhole(patience, "train", "patience");
  if (!(minimumChange >= 0 && minimumChange < Number.POSITIVE_INFINITY)) {
    fail("minimumChange to be a number from 0", minimumChange, "Pass by how much the loss must fall, as 1e-4.");
  }
  if (minimumChange > 0 && patience === undefined) {
    fail("patience with minimumChange", patience, "Say after how many epochs to stop, as patience: 5.");
  }
  if (receipt !== undefined) checkReceipt(receipt);
  return {
    optimizer: update,
    method,
    epochs,
    batchSize,
    seed,
    validation,
    classWeights,
    schedule,
    clip,
    patience,
    minimumChange,
    receipt,
  };
}

/** What a method that chooses its own steps cannot be told. */
function checkMethod({ kind, miniBatch }: Method, { batchSize, schedule, clip }: TrainOptions): void {
  if (schedule !== undefined && schedule.kind !== "constant") {
    fail(`no schedule with ${kind}, which searches for its step`, schedule.kind, "Leave schedule out, or take adam().");
  }
  if (clip !== undefined) fail(`no clip with ${kind}, which searches for its step`, clip, "Leave clip out.");
  if (!miniBatch && batchSize !== undefined && batchSize !== Number.POSITIVE_INFINITY) {
    const fix = "Leave batchSize out, or take newtonCG() or adam().";
    fail(
      `all examples in a step of ${kind}, which compares gradients of different steps`,
      `batchSize ${batchSize}`,
      fix,
    );
  }
}
