/** A training run: one plan a step, and everything that the next step depends on besides the data. */
import { OdenetError } from "../core/errors.ts";
import { CHUNK_ROWS } from "../core/shards.ts";
import type { Engine } from "../model/engine.ts";
import type { Rows, Targets } from "../model/examples.ts";
import type { Model } from "../model/model.ts";
import { addUp, lossWeight, penaltyValue, projectTheta, runWithTargets, type Selected } from "../model/objective.ts";
import { recordGradient } from "../model/recordings.ts";
import type { Ending, Iteration, Method } from "../optimizers/method.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { Settings } from "./options.ts";
import { problemOf } from "./problem.ts";
import { recordStep, recordUpdateAlone, type Update } from "./recordStep.ts";
import { type EpochRecord, type Step, TrainedStep, watchedLoss } from "./step.ts";

/** The examples of one step: rows `order[first] …`, or `first …`. */
export interface Batch {
  readonly rows: Rows;
  readonly targets: Targets;
  readonly first: number;
  readonly count: number;
  readonly order?: ArrayLike<number>;
}

/** Where a run stands, between two steps. */
export interface Position {
  /** Of the next step. */
  epoch: number;
  /** Steps done. */
  iteration: number;
  /** Steps done in this epoch. */
  batch: number;
  /** Σ value · examples over this epoch. */
  sum: number;
  /** Examples of this epoch so far. */
  seen: number;
  /** Epochs since the best one. */
  waited: number;
  /** The best epoch so far by early stopping's measure. */
  best: number | undefined;
}

let runs = 0;

export class Run {
  readonly position: Position = { epoch: 0, iteration: 0, batch: 0, sum: 0, seen: 0, waited: 0, best: undefined };
  readonly history: EpochRecord[] = [];
  /** The optimizer's numbers that persist between steps. */
  readonly memory: number[];
  /** The addresses of the optimizer's vectors, and of the best θ with early stopping; from `begin` on. */
  states: readonly number[] = [];
  /** θ before the step, to go back to where the step makes it infinite. */
  private previous = 0;
  bestTheta: number | undefined;
  /** Puts the run where a checkpoint left it; called once memory is there. */
  restore: (() => void) | undefined;
  private readonly kind = `step ${runs++};`;
  private begun = false;
  private diverged = false;
  /** Why a method has ended. */
  ending: Ending | undefined;
  private methodStep: (() => Iteration) | undefined;
  private scratch: readonly number[] = [];
  /** The examples of the present step of a method. */
  private batch: Selected | undefined;
  private released = false;

  /** `examples`: in one pass over the data, undefined for a stream of unknown length. */
  constructor(
    readonly model: Model,
    readonly engine: Engine,
    readonly settings: Settings,
    readonly examples: number | undefined,
    readonly write: (run: Run) => Uint8Array<ArrayBuffer>,
  ) {
    this.memory = [...(settings.method ?? (settings.optimizer as Optimizer)).memory];
  }

  /** Takes memory. Not before the first step: a generator that is never started is never closed either. */
  begin(): void {
    if (this.begun) return;
    this.begun = true;
    this.engine.checkAlive();
    const { optimizer, method } = this.settings;
    this.states = this.engine.allocateStates((method ?? optimizer)?.states ?? 0);
    if (method) this.beginMethod(method);
    this.previous = this.engine.allocateStates(1)[0] as number;
    if (this.settings.patience !== undefined) this.bestTheta = this.engine.allocateStates(1)[0];
    projectTheta(this.engine);
    this.restore?.();
  }

  private beginMethod(method: Method): void {
    const { engine, states } = this;
    this.scratch = engine.allocateStates(method.scratch);
    const problem = problemOf(engine, () => this.batch as Selected);
    const vectors = (addresses: readonly number[]) =>
      addresses.map((address) => ({ address, n: engine.table.coreLength }));
    this.methodStep = method.begin(problem, vectors(states), vectors(this.scratch), this.memory);
  }

  private get update(): Update {
    const { clip } = this.settings;
    const optimizer = this.settings.optimizer as Optimizer;
    return { optimizer, clip, states: this.states, previous: this.previous };
  }

  get perEpoch(): number | undefined {
    if (this.examples === undefined) return undefined;
    return Math.max(1, Math.ceil(this.examples / this.settings.batchSize));
  }

  get stoppedEarly(): boolean {
    const { patience } = this.settings;
    return patience !== undefined && this.position.waited >= patience;
  }

  /** Whether no step is left. */
  get over(): boolean {
    return (
      this.diverged || this.ending !== undefined || this.stoppedEarly || this.position.epoch >= this.settings.epochs
    );
  }

  /** The learning rate of the next step. */
  private stepSize(): number {
    const { schedule, epochs } = this.settings;
    const optimizer = this.settings.optimizer as Optimizer;
    const total = epochs * (this.perEpoch ?? 0);
    const t = total > 1 ? Math.min(1, this.position.iteration / (total - 1)) : 0;
    return optimizer.learningRate * schedule.rate(t);
  }

  /** One step; `last` ends the epoch. */
  step(batch: Batch, last: boolean): Step {
    const { engine, settings, memory } = this;
    engine.checkAlive();
    if (settings.method) return this.stepByMethod(batch, last);
    const optimizer = settings.optimizer as Optimizer;
    const stepSize = this.stepSize();
    engine.setScalars(engine.optimizerScalars, optimizer.scalars(stepSize, memory));
    engine.setScalars(engine.weight, [lossWeight(engine.loss, batch.count)]);
    const { value, squaredNorm, squaredTheta } = this.compute(batch);
    const base = { ...this.count(batch, value), value, gradientNorm: Math.sqrt(squaredNorm), stepSize };
    const updated = Number.isFinite(value) && Number.isFinite(squaredNorm);
    if (updated && !Number.isFinite(squaredTheta))
      engine.coreVector(engine.theta).set(engine.coreVector(this.previous));
    if (!(updated && Number.isFinite(squaredTheta))) {
      this.diverged = true;
      return new TrainedStep(this, { ...base, diverged: true });
    }
    return new TrainedStep(this, last ? { ...base, epochEnd: this.endEpoch() } : base);
  }

  private count(batch: Batch, value: number): { epoch: number; iteration: number } {
    const { position } = this;
    const { epoch } = position;
    position.batch++;
    position.sum += value * batch.count;
    position.seen += batch.count;
    return { epoch, iteration: ++position.iteration };
  }

  private stepByMethod(batch: Batch, last: boolean): Step {
    const { engine, previous } = this;
    this.batch = batch;
    engine.copyVector(previous, engine.theta);
    const full = this.settings.batchSize >= (this.examples ?? Number.POSITIVE_INFINITY);
    const { end, ...report } = (this.methodStep as () => Iteration)();
    const base = { ...this.count(batch, report.value), ...report };
    const finite = Number.isFinite(engine.dot(engine.theta, engine.theta));
    if (!finite) engine.copyVector(engine.theta, previous);
    if (end?.status === "diverged" || !finite) {
      this.diverged = true;
      return new TrainedStep(this, { ...base, diverged: true });
    }
    // On a mini-batch, an end is the end of that batch alone.
    if (end && full) this.ending = end;
    const told = end ? { ...base, note: end.reason } : base;
    return new TrainedStep(this, last ? { ...told, epochEnd: this.endEpoch() } : told);
  }

  private compute(batch: Batch): { value: number; squaredNorm: number; squaredTheta: number } {
    const { engine, kind } = this;
    const { rows, targets, first, count, order } = batch;
    if (count <= CHUNK_ROWS) {
      const plan = engine.compiled(kind, count, () => recordStep(engine, count, this.update));
      runWithTargets(engine, plan, plan.handles, rows, targets, first, count, order);
      return {
        value: engine.readScalar(plan, plan.handles.value) + penaltyValue(engine, plan, plan.handles.penalties),
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
    const plan = engine.compiled(kind, 0, () => recordUpdateAlone(engine, sum, this.update));
    if (!Number.isFinite(value)) return { value, squaredNorm: Number.NaN, squaredTheta: Number.NaN };
    engine.run(plan);
    return {
      value: value + penaltyValue(engine, plan, plan.handles.penalties),
      squaredNorm: engine.readScalar(plan, plan.handles.squaredNorm),
      squaredTheta: engine.readScalar(plan, plan.handles.squaredTheta),
    };
  }

  private endEpoch() {
    const { position, settings, model } = this;
    const { validation } = settings;
    const loss = position.sum / position.seen;
    const end = validation ? { loss, validation: model.evaluate(validation) } : { loss };
    this.history.push({ epoch: position.epoch, ...end });
    if (settings.patience !== undefined) this.compareWithBest();
    Object.assign(position, { epoch: position.epoch + 1, batch: 0, sum: 0, seen: 0 });
    return end;
  }

  private compareWithBest(): void {
    const { position, history, engine, settings } = this;
    const loss = watchedLoss(history[position.epoch] as EpochRecord);
    const best =
      position.best === undefined ? Number.POSITIVE_INFINITY : watchedLoss(history[position.best] as EpochRecord);
    if (loss < best - settings.minimumChange) {
      position.best = position.epoch;
      position.waited = 0;
      engine.coreVector(this.bestTheta as number).set(engine.coreVector(engine.theta));
    } else position.waited++;
  }

  /** After the last step: θ becomes the best one where early stopping kept it. */
  finish(): void {
    const { engine, position, bestTheta, diverged } = this;
    if (bestTheta === undefined || position.best === undefined || diverged) return;
    engine.checkAlive();
    engine.coreVector(engine.theta).set(engine.coreVector(bestTheta));
  }

  /** The run after `iteration` steps as bytes, if that is where it stands. */
  checkpoint(iteration: number): Uint8Array<ArrayBuffer> {
    const fail = (got: string): never => {
      throw new OdenetError(
        "value",
        `checkpoint: expected the step where training stands, got ${got}. Call step.checkpoint() inside the loop, before the next step.`,
      );
    };
    if (this.diverged) fail("one that diverged, from where nothing can go on");
    if (this.released) fail(`step ${iteration} of a run that is over`);
    if (iteration !== this.position.iteration) fail(`step ${iteration} after step ${this.position.iteration}`);
    this.engine.checkAlive();
    return this.write(this);
  }

  /** Gives the memory back. */
  release(): void {
    if (this.released || !this.begun) return;
    this.released = true;
    const { engine, states, scratch, previous, bestTheta } = this;
    engine.forget(this.kind);
    engine.freeStates([...states, ...scratch, previous, ...(bestTheta === undefined ? [] : [bestTheta])]);
  }
}
