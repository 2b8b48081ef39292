/** Training in the background of an event loop: `train` with pauses, callbacks and a signal to stop. */
import { OdenetError } from "../core/errors.ts";
import type { Data } from "../model/examples.ts";
import { engineOf, type Model } from "../model/model.ts";
import { isMethod } from "../optimizers/method.ts";
import type { TrainOptions } from "./options.ts";
import type { Receipt } from "./receipts/receipt.ts";
import type { Run } from "./run.ts";
import { type EpochEnd, type EpochRecord, type Step, watchedLoss } from "./step.ts";
import type { DataStream } from "./stream.ts";
import { openRun } from "./train.ts";

export interface FitOptions extends TrainOptions {
  onStep?: (step: Step) => void;
  /** Called after every epoch; `epoch` counts from 0. */
  onEpoch?: (epoch: EpochEnd & { readonly epoch: number; readonly iteration: number }) => void;
  /** Stops training cleanly after the current step. */
  signal?: AbortSignal;
}

export interface FitResult {
  /**
   * `"converged"`: a method's gradient is small enough, or early stopping; `"finished"`: all epochs; `"stopped"`: by the
   * signal, or a method found no descent.
   */
  readonly status: "converged" | "finished" | "stopped" | "diverged";
  /** Why training ended, in words. */
  readonly reason: string;
  /** One entry an epoch, those before `resume` included. */
  readonly history: readonly EpochRecord[];
  /** The epoch with the least validation loss, or the least training loss without validation data. With `patience`, θ's. */
  readonly best?: EpochRecord;
  /** Where the signal stopped the run: pass it as `resume` to go on. */
  readonly checkpoint?: Uint8Array<ArrayBuffer>;
  /** What the run did, for `audit`: with the option `receipt`, unless it diverged. */
  readonly receipt?: Receipt;
}

/** Operations between two turns of the event loop: some ten milliseconds. Counted, since nothing here reads a clock. */
const SLICE = 1e8;

/** Lets timers, input and painting have their turn. A message is not delayed as nested timeouts are. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/** Trains, giving the event loop a turn every few milliseconds. The same bits as `train` with the same options. */
export async function fitModel(model: Model, data: Data | DataStream, options: FitOptions = {}): Promise<FitResult> {
  const { onStep, onEpoch, signal, ...rest } = options;
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw new OdenetError("option", "fit: expected signal to be an AbortSignal. Pass controller.signal.");
  }
  // A step costs two operations for each weight and example forward, four backward.
  const examples = isMethod(rest.optimizer) ? 2048 * 20 : 2048; // a method's step is many passes
  const cost =
    6 *
    (engineOf(model).vectors.table.length + 1000) *
    Math.min(rest.batchSize ?? (isMethod(rest.optimizer) ? examples : 64), examples);
  let work = 0;
  const { run, steps } = openRun(model, data, rest);
  /** Tells about a step; a result when training ends with it. */
  const after = (step: Step): FitResult | undefined => {
    onStep?.(step);
    if (step.epochEnd) onEpoch?.({ epoch: step.epoch, iteration: step.iteration, ...step.epochEnd });
    work += cost;
    return step.diverged ? diverged(run, step) : undefined;
  };
  const pause = async (step: Step): Promise<FitResult | undefined> => {
    if (work >= SLICE || step.epochEnd) {
      await turn();
      work = 0;
    }
    return signal?.aborted ? stopped(run) : undefined;
  };
  try {
    run.begin();
    if (signal?.aborted) return stopped(run);
    if (Symbol.iterator in steps) {
      for (const step of steps) {
        const end = after(step) ?? (work >= SLICE || step.epochEnd || signal?.aborted ? await pause(step) : undefined);
        if (end) return end;
      }
    } else {
      for await (const step of steps) {
        const end = after(step) ?? (await pause(step));
        if (end) return end;
      }
    }
    return ended(run);
  } finally {
    run.release();
  }
}

const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;

function result(run: Run, status: FitResult["status"], reason: string): FitResult {
  const best = bestOf(run);
  const { history, closing } = run;
  return { status, reason, history, ...(best ? { best } : {}), ...(closing ? { receipt: closing } : {}) };
}

function stopped(run: Run): FitResult {
  const { iteration } = run.position;
  const reason = `stopped by the signal after ${plural(iteration, "step")}`;
  const receipt = run.ledger ? { receipt: run.receipt(iteration) } : {};
  return { ...result(run, "stopped", reason), checkpoint: run.checkpoint(iteration), ...receipt };
}

function diverged(run: Run, { iteration, value, gradientNorm, stepSize }: Step): FitResult {
  const what =
    Number.isFinite(value) && Number.isFinite(gradientNorm)
      ? `step ${iteration} with the ${run.settings.method ? "step size" : "learning rate"} ${stepSize} made θ too large for its precision`
      : `step ${iteration} gave the objective ${value} and the gradient norm ${gradientNorm}`;
  return result(run, "diverged", `${what}; θ is that of the step before. Take a smaller learning rate.`);
}

function ended(run: Run): FitResult {
  const { settings, history, position, ending } = run;
  if (ending) return result(run, ending.status, ending.reason);
  if (!run.stoppedEarly) return result(run, "finished", `${plural(settings.epochs, "epoch")} done`);
  const best = position.best === undefined ? "" : `; θ is that of epoch ${position.best + 1}`;
  const reason = `no smaller loss in ${plural(position.waited, "epoch")}, after ${history.length} of ${settings.epochs}${best}`;
  return result(run, "converged", reason);
}

function bestOf({ history, settings, position }: Run): EpochRecord | undefined {
  if (settings.patience !== undefined && position.best !== undefined) return history[position.best];
  let best = history[0];
  for (const entry of history) if (best && watchedLoss(entry) < watchedLoss(best)) best = entry;
  return best;
}
