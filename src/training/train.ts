/**
 * Training as a generator: every step draws a batch, replays one plan (forward, loss, backward, update) and yields.
 * The order of the examples in epoch e is a permutation drawn from the seed and e alone.
 */
import { OdenetError } from "../core/errors.ts";
import { Random, streams } from "../core/random.ts";
import { CHUNK_ROWS } from "../core/shards.ts";
import { checkWhole, show } from "../layers/shape.ts";
import type { Engine } from "../model/engine.ts";
import type { Data, Rows, Targets } from "../model/examples.ts";
import { addUp, checkData, type Evaluation, engineOf, lossWeight, type Model, runWithTargets } from "../model/model.ts";
import { recordGradient } from "../model/recordings.ts";
import { adam } from "../optimizers/index.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { recordStep, recordUpdateAlone, type Update } from "./recordStep.ts";
import { constant, type Schedule } from "./schedules.ts";

export interface TrainOptions {
  /** Default `adam({ learningRate: 1e-3 })`. */
  optimizer?: Optimizer;
  /** Passes over the data, default 1. */
  epochs?: number;
  /** Examples in a step, default 64; the last batch of an epoch may be smaller. */
  batchSize?: number;
  /** Seed of the order of the examples, default 0. */
  seed?: number;
  /** Evaluated at the end of every epoch. */
  validation?: Data;
  /** Of the learning rate, default `constant()`. */
  schedule?: Schedule;
}

/** What `train` yields after every step. */
export interface Step {
  /** From 0. */
  readonly epoch: number;
  /** Steps so far, this one included. */
  readonly iteration: number;
  /** The batch's objective before the update. */
  readonly value: number;
  readonly gradientNorm: number;
  /** The learning rate used. */
  readonly stepSize: number;
  /** Set on the last step of an epoch. */
  readonly epochEnd?: EpochEnd;
  /** Set when the value, the gradient or the new θ was not finite: θ is that of the step before, and training ends. */
  readonly diverged?: boolean;
}

export interface EpochEnd {
  /** Mean objective of the epoch's batches, each before its update, weighted by their sizes. */
  readonly loss: number;
  readonly validation?: Evaluation;
}

interface Setup {
  readonly optimizer: Optimizer;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly schedule: Schedule;
}

function checked(options: TrainOptions): Setup {
  const { optimizer = adam(), epochs = 1, batchSize = 64, seed = 0, schedule = constant() } = options;
  checkWhole(epochs, "train", "epochs", 0);
  checkWhole(batchSize, "train", "batchSize");
  if (!Number.isSafeInteger(seed)) {
    throw new OdenetError("option", `train: expected seed to be a whole number, got ${show(seed)}.`);
  }
  if (typeof optimizer?.record !== "function") {
    throw new OdenetError(
      "option",
      `train: expected an optimizer such as adam(), got ${show(optimizer)}. Call the factory.`,
    );
  }
  if (typeof schedule?.rate !== "function") {
    throw new OdenetError(
      "option",
      `train: expected a schedule such as cosine(), got ${show(schedule)}. Call the factory.`,
    );
  }
  return { optimizer, epochs, batchSize, seed, schedule };
}

let runs = 0;

/**
 * Trains step by step; leave the loop to stop. Everything is checked at the call, before the first step. Throws `shape`,
 * `length`, `label`, `value`, `option`. Divergence is not an error: the last step has `diverged: true`, θ stays finite.
 */
export function train(model: Model, data: Data, options: TrainOptions = {}): Generator<Step, void, undefined> {
  const engine = engineOf(model);
  const setup = checked(options);
  const { rows, targets } = checkData(engine, data, "train");
  if (options.validation) checkData(engine, options.validation, "validation");
  return steps(model, engine, rows, targets, setup, options.validation);
}

function* steps(
  model: Model,
  engine: Engine,
  rows: Rows,
  targets: Targets,
  { optimizer, epochs, batchSize, seed, schedule }: Setup,
  validation: Data | undefined,
): Generator<Step, void, undefined> {
  const n = rows.count;
  const perEpoch = Math.ceil(n / batchSize);
  const total = epochs * perEpoch;
  const [previous, ...states] = engine.allocateStates(1 + optimizer.states) as [number, ...number[]];
  const update = { optimizer, states, previous };
  const memory = [...optimizer.memory];
  const kind = `step ${runs++}`;
  try {
    for (let epoch = 0, iteration = 0; epoch < epochs; epoch++) {
      const order = new Random(seed, streams.shuffling + STREAMS * epoch).permutation(n);
      let sum = 0;
      for (let batch = 0; batch < perEpoch; batch++) {
        const first = batch * batchSize;
        const count = Math.min(batchSize, n - first);
        const stepSize = optimizer.learningRate * schedule.rate(total > 1 ? iteration / (total - 1) : 0);
        engine.checkAlive();
        engine.setScalars(engine.optimizerScalars, optimizer.scalars(stepSize, memory));
        engine.setScalars(engine.weight, [lossWeight(engine.loss, count)]);
        const { value, squaredNorm, squaredTheta } = step(engine, kind, update, rows, targets, first, count, order);
        iteration++;
        sum += value * (count / n);
        const base = { epoch, iteration, value, gradientNorm: Math.sqrt(squaredNorm), stepSize };
        const updated = Number.isFinite(value) && Number.isFinite(squaredNorm);
        if (updated && !Number.isFinite(squaredTheta)) engine.coreVector(engine.theta).set(engine.coreVector(previous));
        if (!(updated && Number.isFinite(squaredTheta))) {
          yield { ...base, diverged: true };
          return;
        }
        if (batch < perEpoch - 1) yield base;
        else
          yield {
            ...base,
            epochEnd: validation ? { loss: sum, validation: model.evaluate(validation) } : { loss: sum },
          };
      }
    }
  } finally {
    engine.forget(`${kind} `);
    engine.freeStates([previous, ...states]);
  }
}

/** Streams of random numbers are told apart by this many purposes, so that every epoch has its own. */
const STREAMS = 16;

function step(
  engine: Engine,
  kind: string,
  update: Update,
  rows: Rows,
  targets: Targets,
  first: number,
  count: number,
  order: ArrayLike<number>,
): { value: number; squaredNorm: number; squaredTheta: number } {
  if (count <= CHUNK_ROWS) {
    const plan = engine.compiled(kind, count, () => recordStep(engine, count, update));
    runWithTargets(engine, plan, plan.handles, rows, targets, first, count, order);
    return {
      value: engine.readScalar(plan, plan.handles.value),
      squaredNorm: engine.readScalar(plan, plan.handles.squaredNorm),
      squaredTheta: engine.readScalar(plan, plan.handles.squaredTheta),
    };
  }
  let value = 0;
  const sum = addUp(engine, count, (at, size) => {
    const plan = engine.compiled("gradient", size, () => recordGradient(engine, size));
    runWithTargets(engine, plan, plan.handles, rows, targets, first + at, size, order);
    value += engine.readScalar(plan, plan.handles.value);
  });
  const plan = engine.compiled(kind, 0, () => recordUpdateAlone(engine, sum, update));
  if (!Number.isFinite(value)) return { value, squaredNorm: Number.NaN, squaredTheta: Number.NaN };
  engine.run(plan);
  return {
    value,
    squaredNorm: engine.readScalar(plan, plan.handles.squaredNorm),
    squaredTheta: engine.readScalar(plan, plan.handles.squaredTheta),
  };
}
