/** Training in the background of an event loop: `train` with pauses, callbacks and a signal to stop. */
import { OdenetError } from "../core/errors.ts";
import type { Data } from "../model/examples.ts";
import { type Evaluation, engineOf, type Model } from "../model/model.ts";
import { type EpochEnd, type Step, type TrainOptions, train } from "./train.ts";

export interface FitOptions extends TrainOptions {
  onStep?: (step: Step) => void;
  /** Called after every epoch; `epoch` counts from 0. */
  onEpoch?: (epoch: EpochEnd & { readonly epoch: number; readonly iteration: number }) => void;
  /** Stops training cleanly after the current step. */
  signal?: AbortSignal;
}

export interface FitResult {
  readonly status: "finished" | "stopped" | "diverged";
  /** Why training ended, in words. */
  readonly reason: string;
  /** One entry an epoch. */
  readonly history: readonly (EpochEnd & { readonly epoch: number })[];
  /** The epoch with the least validation loss, or the least training loss without validation data. */
  readonly best?: { readonly epoch: number; readonly loss: number; readonly validation?: Evaluation };
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
export async function fitModel(model: Model, data: Data, options: FitOptions = {}): Promise<FitResult> {
  const { onStep, onEpoch, signal, ...rest } = options;
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw new OdenetError("option", "fit: expected signal to be an AbortSignal. Pass controller.signal.");
  }
  const history: (EpochEnd & { epoch: number })[] = [];
  const epochs = rest.epochs ?? 1;
  const result = (status: FitResult["status"], reason: string): FitResult => {
    const best = bestOf(history);
    return best ? { status, reason, history, best } : { status, reason, history };
  };
  const stopped = (iteration: number) =>
    result("stopped", `stopped by the signal after ${iteration} step${iteration === 1 ? "" : "s"}`);
  // A step costs two operations for each weight and example forward, four backward.
  const cost = 6 * (engineOf(model).table.length + 1000) * Math.min(rest.batchSize ?? 64, 2048);
  let work = 0;
  let iteration = 0;
  const steps = train(model, data, rest);
  if (signal?.aborted) return stopped(0);
  for (const step of steps) {
    iteration = step.iteration;
    onStep?.(step);
    if (step.epochEnd) {
      history.push({ epoch: step.epoch, ...step.epochEnd });
      onEpoch?.({ epoch: step.epoch, iteration, ...step.epochEnd });
    }
    if (step.diverged) {
      return result("diverged", divergence(step));
    }
    work += cost;
    if (work >= SLICE || step.epochEnd) {
      await turn();
      work = 0;
    }
    if (signal?.aborted) return stopped(iteration);
  }
  return result("finished", `${epochs} epoch${epochs === 1 ? "" : "s"} done`);
}

function divergence({ iteration, value, gradientNorm, stepSize }: Step): string {
  const what =
    Number.isFinite(value) && Number.isFinite(gradientNorm)
      ? `step ${iteration} with the learning rate ${stepSize} made θ too large for its precision`
      : `step ${iteration} gave the objective ${value} and the gradient norm ${gradientNorm}`;
  return `${what}; θ is that of the step before. Take a smaller learning rate.`;
}

function bestOf(history: readonly (EpochEnd & { epoch: number })[]) {
  const lossOf = (e: EpochEnd) => e.validation?.loss ?? e.loss;
  let best = history[0];
  for (const entry of history) if (best && lossOf(entry) < lossOf(best)) best = entry;
  return best;
}
