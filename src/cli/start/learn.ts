/** Trains a model on digits and reports on the way: loss, validation accuracy, examples a second. */
import { adam, cosine, type FitResult, type Model } from "../../index.ts";
import type { Digits } from "./digits.ts";
import type { Progress } from "./progress.ts";
import type { ProgressReport } from "./progressReport.ts";

const BATCH = 128;
/** The loss shown is a mean over some fifty batches: one batch's alone would jump. */
const SMOOTHING = 0.98;

export interface Learning {
  readonly training: Digits;
  readonly validation: Digits;
  readonly epochs: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

export async function learn(model: Model, learning: Learning, report: ProgressReport): Promise<FitResult> {
  const { training, validation, epochs, seed, signal } = learning;
  const perEpoch = training.labels.length;
  const start = performance.now();
  let progress: Progress = {
    epoch: 1,
    epochs,
    seen: 0,
    examples: epochs * perEpoch,
    loss: Number.NaN,
    examplesPerSecond: 0,
  };
  return model.fit(training, {
    optimizer: adam({ learningRate: 3e-3 }),
    schedule: cosine(),
    batchSize: BATCH,
    epochs,
    seed,
    validation,
    signal,
    onStep({ epoch, value, epochEnd }) {
      const seen = Math.min(progress.seen + BATCH, (epoch + 1) * perEpoch);
      const loss = progress.seen === 0 ? value : SMOOTHING * progress.loss + (1 - SMOOTHING) * value;
      const examplesPerSecond = (1000 * seen) / (performance.now() - start);
      progress = { ...progress, epoch: epoch + 1, seen, loss, examplesPerSecond };
      if (!epochEnd) return report.step(progress);
      progress = { ...progress, validationAccuracy: epochEnd.validation?.accuracy };
      report.epoch({ ...progress, loss: epochEnd.loss });
    },
  });
}
