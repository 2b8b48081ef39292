/** A run as the command shows it: progress, checkpoints, history, Ctrl-C. */
import type { Evaluation } from "../model/model.ts";
import type { FitOptions, FitResult, TrainableModel as Model, MultilevelOptions, Step } from "../training/index.ts";
import { writeWhole } from "./files.ts";
import { type HistoryRow, historyRow } from "./history.ts";
import { interruptible } from "./interrupt.ts";
import type { Output } from "./output.ts";
import { liveArea } from "./start/liveArea.ts";
import type { Progress } from "./start/progress.ts";
import { progressReport } from "./start/progressReport.ts";
import { terminalOf } from "./start/terminal.ts";

export interface Job {
  readonly output: Output;
  /** Of one level. */
  readonly epochs: number;
  readonly batchSize: number;
  readonly examples: number;
  /** Whether every epoch is one step of an optimizer that searches for it. */
  readonly search: boolean;
  readonly checkpoint: string | undefined;
  readonly every: number | undefined;
}

/** What a run calls. */
export type Watch = Required<Pick<FitOptions, "onStep" | "signal">> & Required<Pick<MultilevelOptions, "onLevel">>;

interface Learned {
  readonly model: Model;
  readonly result: FitResult;
}

export async function learn(
  job: Job,
  run: (watch: Watch) => Promise<Learned>,
): Promise<Learned & { signal: NodeJS.Signals | undefined; rows: readonly HistoryRow[] }> {
  const { output, epochs, batchSize, examples: n, checkpoint, every } = job;
  const terminal = () => terminalOf(process.stdout, process.env);
  // A terminal that does not know its width (0) cannot be drawn over.
  const drawable = terminal().live && process.stdout.columns > 0 && !output.json;
  const report = progressReport(terminal, drawable ? liveArea(process.stdout) : undefined, output.say);
  const perEpoch = Math.ceil(n / batchSize);
  const rows: HistoryRow[] = [];
  let began = performance.now();
  let first = 0;
  let last = 0;
  let validation: Evaluation | undefined;
  const progress = (step: Step, loss = step.value): Progress => {
    const { epoch, iteration } = step;
    const done = (iteration - first) * batchSize;
    const seconds = (performance.now() - began) / 1000;
    return {
      epoch: epoch + 1,
      epochs,
      seen: epoch * n + Math.min((iteration - epoch * perEpoch) * batchSize, n),
      examples: epochs * n,
      loss,
      validationAccuracy: validation?.accuracy,
      examplesPerSecond: done / seconds,
      search: job.search ? step : undefined,
    };
  };
  const interrupt = interruptible();
  try {
    const learned = await run({
      signal: interrupt.signal,
      onStep(step) {
        // A level counts from the beginning.
        if (last === 0 || step.iteration <= last) {
          first = step.iteration - 1;
          if (last > 0) began = performance.now();
        }
        last = step.iteration;
        report.step(progress(step));
        if (step.epochEnd) {
          validation = step.epochEnd.validation;
          report.epoch(progress(step, step.epochEnd.loss));
          const row = historyRow(step);
          rows.push(row);
          const { epoch, iteration, gradientNorm, stepSize, cgIterations, evaluations } = row;
          const search = job.search ? { gradientNorm, stepSize, cgIterations, evaluations } : {};
          output.tell({ event: "epoch", epoch, iteration, ...search, ...step.epochEnd });
        }
        const due = every === undefined ? step.epochEnd !== undefined : step.iteration % every === 0;
        if (checkpoint !== undefined && due && !step.diverged) writeWhole(checkpoint, step.checkpoint());
      },
      onLevel({ steps, status, reason }) {
        for (const row of rows) row.steps ??= steps;
        output.tell({ event: "level", steps, status, reason });
        output.say(`level of ${steps} time steps: ${reason}`);
      },
    });
    return { ...learned, signal: interrupt.received(), rows };
  } finally {
    report.end();
    interrupt.end();
  }
}
