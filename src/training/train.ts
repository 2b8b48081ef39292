/**
 * Training as a generator: every step draws a batch, replays one plan (forward, loss, backward, update) and yields.
 * The order of the examples in epoch e is a permutation drawn from the seed and e alone.
 */
import { OdenetError } from "../core/errors.ts";
import { Random, STREAMS, streams } from "../core/random.ts";
import { checkWhole } from "../layers/shape.ts";
import type { Engine } from "../model/engine.ts";
import type { Data, Rows, Targets } from "../model/examples.ts";
import { engineOf, type Model } from "../model/model.ts";
import { checkData } from "../model/selection.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { type Settings, settingsOf, type TrainOptions } from "./options.ts";
import { problemOf } from "./problem.ts";
import { dataHash } from "./receipts/dataHash.ts";
import { checkReproducible, headOf, Ledger, plainOptions, type ReceiptOptions } from "./receipts/ledger.ts";
import { Run } from "./run.ts";
import type { Step } from "./step.ts";
import type { StepBatch } from "./stepper.ts";
import { type DataStream, isStream, passOf } from "./stream.ts";

/** A run that is ready, and its steps. */
export type Opened =
  | { readonly run: Run; readonly steps: Generator<Step, void, undefined> }
  | { readonly run: Run; readonly steps: AsyncGenerator<Step, void, undefined> };

/**
 * Trains step by step; leave the loop to stop. Everything is checked at the call, before the first step. Throws `shape`,
 * `length`, `label`, `value`, `option`, and `file` for bytes to resume from that are damaged. Divergence is not an error:
 * the last step has `diverged: true`, θ stays finite. Data that come as a stream make it an async generator, to be read
 * with `for await`; what is wrong with a chunk is thrown when it comes.
 */
export function train(model: Model, data: Data, options?: TrainOptions): Generator<Step, void, undefined>;
export function train(model: Model, data: DataStream, options?: TrainOptions): AsyncGenerator<Step, void, undefined>;
export function train(model: Model, data: Data | DataStream, options: TrainOptions = {}): Opened["steps"] {
  return openRun(model, data, options).steps;
}

/** Checks everything, and makes the run. */
export function openRun(model: Model, data: Data | DataStream, options: TrainOptions): Opened {
  const engine = engineOf(model);
  const settings = settingsOf(options);
  if (settings.validation) checkData(engine, settings.validation, "validation");
  if (isStream(data)) {
    if (settings.batchSize === Number.POSITIVE_INFINITY) {
      throw new OdenetError(
        "option",
        `train: expected batchSize with ${settings.method?.kind ?? "an optimizer"} and a stream, got none. Pass the examples of one step, or arrays.`,
      );
    }
    if (settings.receipt) {
      throw new OdenetError(
        "option",
        "train: expected arrays with receipt, which begins with a hash of all data, got a stream. Leave receipt out, or pass arrays.",
      );
    }
    if (settings.classWeights === "balanced") {
      throw new OdenetError(
        "option",
        'train: expected classWeights as numbers with a stream, whose classes are not counted before, got "balanced". Pass one number a class.',
      );
    }
    const run = start(model, engine, settings, streamExamples(options, settings), options.resume);
    return { run, steps: overStream(run, data) };
  }
  const { rows, targets } = checkData(engine, data, "train", { classWeights: settings.classWeights });
  checkBatches(engine, settings, rows.count);
  const run = start(model, engine, settings, rows.count, options.resume);
  if (settings.receipt) {
    checkReproducible(engine);
    run.ledger = ledgerOf(engine, options, settings, settings.receipt, dataHash(engine, rows, targets));
  }
  return { run, steps: overArrays(run, rows, targets) };
}

function ledgerOf(
  engine: Engine,
  options: TrainOptions,
  settings: Settings,
  { every, note }: ReceiptOptions,
  data: string,
): Ledger {
  const { validation } = settings;
  const checked = validation ? checkData(engine, validation, "validation") : undefined;
  return new Ledger(
    headOf(engine, {
      ...{ options: plainOptions(options, settings), data, every },
      ...(note === undefined ? {} : { note: JSON.parse(JSON.stringify(note)) }),
      validation: checked ? dataHash(engine, checked.rows, checked.targets) : null,
    }),
  );
}

function streamExamples({ examples }: TrainOptions, { schedule }: Settings): number | undefined {
  if (examples !== undefined) checkWhole(examples, "train", "examples");
  else if (schedule.kind !== "constant") {
    throw new OdenetError(
      "option",
      `train: expected examples, the number in one pass of the stream, for the schedule ${schedule.kind}, got none. Pass it, or take constant().`,
    );
  }
  return examples;
}

function start(
  model: Model,
  engine: Engine,
  settings: Settings,
  examples: number | undefined,
  resume: TrainOptions["resume"],
): Run {
  refuse(engine, settings);
  const run = new Run(model, engine, settings, examples, writeCheckpoint);
  if (resume !== undefined) run.restore = readCheckpoint(resume, run);
  return run;
}

/** Throws `length` where the last batch is too small for layers that take its statistics. */
function checkBatches({ layers: { joins = 1 } }: Engine, { batchSize }: Settings, examples: number): void {
  const last = examples % batchSize || Math.min(batchSize, examples);
  if (last >= joins) return;
  const counted = (n: number) => (n === 1 ? "1 example" : `${n} examples`);
  const [got, fix] =
    examples < joins
      ? [counted(examples), "Take more examples"]
      : [
          `${examples} examples in batches of ${batchSize}, the last one of ${last}`,
          `Take another batchSize${last < batchSize ? `, ${counted(last)} fewer` : ""}`,
        ];
  throw new OdenetError(
    "length",
    `train: expected batches of at least ${joins} examples for batch norm, got ${got}. ${fix}, or layer norm.`,
  );
}

/** Throws `option` for a method that cannot train this model. */
function refuse(engine: Engine, { method }: Settings): void {
  if (!method) return;
  if (engine.layers.draws) {
    throw new OdenetError(
      "option",
      `train: expected sgd, momentum, adam or adamW for a network with dropout, got ${method.kind}, which compares values of an objective that dropout draws anew in every step. Take adam(), or leave dropout out.`,
    );
  }
  const problem = problemOf(engine, () => {
    throw new Error("no examples yet");
  });
  const refused = method.refuses?.(problem);
  if (refused) throw refused;
  if (problem.project && !method.constraints) {
    throw new OdenetError(
      "option",
      `train: expected an optimizer that keeps to stabilityProjection, got ${method.kind}. Take gradientDescent() or adam(), or stabilityPenalty(λ) in its place.`,
    );
  }
}

function* overArrays(run: Run, rows: Rows, targets: Targets): Generator<Step, void, undefined> {
  const n = rows.count;
  const batchSize = Math.min(run.settings.batchSize, n);
  // One object for all batches of an epoch.
  let next: StepBatch = { rows, targets, first: 0, count: 0 };
  let drawn = -1;
  try {
    run.begin();
    while (!run.over) {
      const { epoch, batch } = run.position;
      if (epoch !== drawn) {
        // All examples at once keep their order: their sum is the same in every epoch.
        const kept = run.settings.method && batchSize === n ? next.order : undefined;
        next = { rows, targets, first: 0, count: 0, order: kept ?? drawOrder(run, n, epoch) };
        drawn = epoch;
      }
      next.first = batch * batchSize;
      next.count = Math.min(batchSize, n - next.first);
      yield run.step(next, next.first + next.count === n);
    }
    run.finish();
  } finally {
    run.release();
  }
}

/** The examples' order in an epoch; that in which they came where a method takes all at once. */
function drawOrder({ settings }: Run, n: number, epoch: number): Uint32Array<ArrayBuffer> {
  const { seed, batchSize, method } = settings;
  if (method && batchSize >= n) return Uint32Array.from({ length: n }, (_, i) => i);
  return new Random(seed, streams.shuffling + STREAMS * epoch).permutation(n) as Uint32Array<ArrayBuffer>;
}

async function* overStream(run: Run, stream: DataStream): AsyncGenerator<Step, void, undefined> {
  const { engine, settings } = run;
  try {
    run.begin();
    while (!run.over) {
      const { epoch, batch: done } = run.position;
      let at = 0;
      for await (const { batch, last } of passOf(engine, stream, settings, epoch)) {
        if (at++ < done) {
          if (!last) continue;
          throw new OdenetError(
            "length",
            `resume: expected a stream of more than ${done} batches as in the stopped run, got ${at}. Pass the same stream.`,
          );
        }
        yield run.step(batch, last);
        if (run.over) break;
      }
    }
    run.finish();
  } finally {
    run.release();
  }
}
