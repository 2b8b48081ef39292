/** Trains a model on pictures and reports on the way: loss, validation accuracy, examples a second. */
import { adam, cosine, type FitResult, type Model } from "../../index.ts";
import type { Progress } from "./progress.ts";
import type { ProgressReport } from "./progressReport.ts";
import type { Images, Showcase } from "./showcase.ts";

/** The loss shown is a mean over some fifty batches: one batch's alone would jump. */
const SMOOTHING = 0.98;

export interface Learning extends Pick<Showcase, "batchSize" | "learningRate"> {
  readonly training: Images;
  readonly validation: Images;
  readonly epochs: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

export async function learn(model: Model, learning: Learning, report: ProgressReport): Promise<FitResult> {
  const { training, validation, epochs, seed, signal, batchSize, learningRate } = learning;
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
    optimizer: adam({ learningRate }),
    schedule: cosine(),
    batchSize,
    epochs,
    seed,
    validation,
    signal,
    onStep({ epoch, value, epochEnd }) {
      const seen = Math.min(progress.seen + batchSize, (epoch + 1) * perEpoch);
      const loss = progress.seen === 0 ? value : SMOOTHING * progress.loss + (1 - SMOOTHING) * value;
      const examplesPerSecond = (1000 * seen) / (performance.now() - start);
      progress = { ...progress, epoch: epoch + 1, seen, loss, examplesPerSecond };
      if (!epochEnd) return report.step(progress);
      progress = { ...progress, validationAccuracy: epochEnd.validation?.accuracy };
      report.epoch({ ...progress, loss: epochEnd.loss });
    },
  });
}
