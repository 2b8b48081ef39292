/** A run of training in the worker: from a checkpoint or from the beginning, until it ends or is stopped. */
import type { FitResult } from "../../training/index.ts";
import type { RemoteModel } from "../../worker/remoteModel.ts";
import type { Examples } from "../compute/examples.ts";
import { optimizerOf, searches } from "../families.ts";
import type { State } from "../state.ts";
import { dataFor } from "../targets.ts";

export interface Run {
  readonly result: Promise<FitResult>;
  stop(): void;
}

interface RunOptions {
  /** Counted from the beginning of the run that `resume` goes on with. */
  readonly epochs?: number;
  readonly resume?: Uint8Array | undefined;
  /** Examples a second are known from time to time. */
  onEpoch(epoch: number, speed: number | undefined): void;
  /** Given, it is called after every step. */
  onCheckpoint?(bytes: Uint8Array): void;
}

/** A run ends by itself after so many epochs, which bounds its history. */
const MOST_EPOCHS = 20_000;
/** Milliseconds over which the speed is taken. */
const SPAN = 400;

export function startRun(model: RemoteModel, training: Examples, state: State, options: RunOptions): Run {
  const { epochs = MOST_EPOCHS, resume, onEpoch, onCheckpoint } = options;
  const controller = new AbortController();
  let toldAt = performance.now();
  let examples = 0;
  const speed = (): number | undefined => {
    examples += training.labels.length;
    const now = performance.now();
    if (now - toldAt < SPAN) return undefined;
    const found = (1000 * examples) / (now - toldAt);
    toldAt = now;
    examples = 0;
    return found;
  };
  const result = model.fit(dataFor(training, state.loss), {
    optimizer: optimizerOf(state.optimizer, state.learningRate),
    epochs,
    seed: state.seed,
    signal: controller.signal,
    ...(searches(state.optimizer) ? {} : { batchSize: state.batchSize }),
    ...(resume ? { resume } : {}),
    onEpoch: ({ epoch }) => onEpoch(epoch, speed()),
    ...(onCheckpoint ? { checkpointInterval: 0, onCheckpoint } : {}),
  });
  return { result, stop: () => controller.abort() };
}
