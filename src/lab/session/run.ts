/** A run of training in the worker: from a checkpoint or from the beginning, until it ends or is stopped. */
import type { FitResult } from "../../training/index.ts";
import type { RemoteModel } from "../../worker/remoteModel.ts";
import type { Examples } from "../compute/examples.ts";
import { trainingOptions } from "../objective.ts";
import type { State } from "../state.ts";
import { dataFor } from "../targets.ts";

/** How a run ended. */
export type Ending = Pick<FitResult, "status" | "reason" | "checkpoint">;

export interface Run {
  readonly result: Promise<Ending>;
  stop(): void;
}

/** Where a run stands, counted from the beginning of the run that it goes on with. */
export interface Position {
  readonly epochs: number;
  readonly steps: number;
}

interface RunOptions {
  /** Counted from the beginning of the run that `resume` goes on with. */
  readonly epochs?: number;
  readonly resume?: Uint8Array | undefined;
  /** Examples a second are known from time to time. */
  onEpoch(position: Position, speed: number | undefined): void;
  /** Given, it is called after every step. */
  onCheckpoint?(bytes: Uint8Array): void;
}

/** Milliseconds over which the speed is taken. */
const SPAN = 400;

export function startRun(model: RemoteModel, training: Examples, state: State, options: RunOptions): Run {
  const { epochs, resume, onEpoch, onCheckpoint } = options;
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
    ...trainingOptions(state),
    ...(epochs === undefined ? {} : { epochs }),
    signal: controller.signal,
    ...(resume ? { resume } : {}),
    onEpoch: ({ epoch, iteration }) => onEpoch({ epochs: epoch + 1, steps: iteration }, speed()),
    ...(onCheckpoint ? { checkpointInterval: 0, onCheckpoint } : {}),
  });
  return { result, stop: () => controller.abort() };
}
