/** A training run: one plan a step, and everything that the next step depends on besides the data. */
import { OdenetError } from "../core/errors.ts";
import { CHUNK_ROWS } from "../core/shards.ts";
import type { Compiled, Engine } from "../model/engine.ts";
import type { Rows, Targets } from "../model/examples.ts";
import { addUp, lossWeight, type Model, runWithTargets } from "../model/model.ts";
import { recordGradient } from "../model/recordings.ts";
import type { Settings } from "./options.ts";
import { recordStep, recordUpdateAlone, type StepHandles, type Update } from "./recordStep.ts";
import { type EpochRecord, type Step, TrainedStep, watchedLoss } from "./step.ts";

/** The examples of one step: rows `order[first] …`, or `first …`. */
export interface Batch {
  readonly rows: Rows;
  readonly targets: Targets;
  first: number;
  count: number;
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
  /** The plan of the last step: the next one has mostly the same batch size. */
  private plan: Compiled<StepHandles> | undefined;
  /** The optimizer's scalars of a step. */
  private readonly scalars: number[] = [];
  /** What the step at hand gave: value, ‖g‖², ‖θ‖². An array, since numbers that a function returns are boxed. */
  private readonly results = new Float64Array(3);
  private begun = false;
  private diverged = false;
  private released = false;

  /** `examples`: in one pass over the data, undefined for a stream of unknown length. */
  constructor(
    readonly model: Model,
    readonly engine: Engine,
    readonly settings: Settings,
    readonly examples: number | undefined,
    readonly write: (run: Run) => Uint8Array<ArrayBuffer>,
  ) {
    this.memory = [...settings.optimizer.memory];
  }

  /** Takes memory. Not before the first step: a generator that is never started is never closed either. */
  begin(): void {
    if (this.begun) return;
    this.begun = true;
    this.engine.checkAlive();
    this.states = this.engine.allocateStates(this.settings.optimizer.states);
    this.previous = this.engine.allocateStates(1)[0] as number;
    if (this.settings.patience !== undefined) this.bestTheta = this.engine.allocateStates(1)[0];
    this.restore?.();
  }

  private get update(): Update {
    const { optimizer, clip } = this.settings;
    return { optimizer, clip, states: this.states, previous: this.previous };
  }

  get perEpoch(): number | undefined {
    return this.examples === undefined ? undefined : Math.ceil(this.examples / this.settings.batchSize);
  }

  get stoppedEarly(): boolean {
    const { patience } = this.settings;
    return patience !== undefined && this.position.waited >= patience;
  }

  /** Whether no step is left. */
  get over(): boolean {
    return this.diverged || this.stoppedEarly || this.position.epoch >= this.settings.epochs;
  }

  /** The learning rate of the next step. */
  private stepSize(): number {
    const { optimizer, schedule, epochs } = this.settings;
    const total = epochs * (this.perEpoch ?? 0);
    const t = total > 1 ? Math.min(1, this.position.iteration / (total - 1)) : 0;
    return optimizer.learningRate * schedule.rate(t);
  }

  /** One step; `last` ends the epoch. */
  step(batch: Batch, last: boolean): Step {
    const { engine, position, settings, memory } = this;
    const { optimizer } = settings;
    engine.checkAlive();
    const stepSize = this.stepSize();
    optimizer.writeScalars(this.scalars, stepSize, memory);
    engine.setScalars(engine.optimizerScalars, this.scalars);
    engine.setScalar(engine.weight, lossWeight(engine.loss, batch.count));
    if (batch.count <= CHUNK_ROWS) this.compute(batch);
    else this.computeInChunks(batch);
    const value = this.results[0] as number;
    const squaredNorm = this.results[1] as number;
    const squaredTheta = this.results[2] as number;
    const { epoch } = position;
    const iteration = ++position.iteration;
    position.batch++;
    position.sum += value * batch.count;
    position.seen += batch.count;
    const norm = Math.sqrt(squaredNorm);
    const updated = Number.isFinite(value) && Number.isFinite(squaredNorm);
    if (updated && !Number.isFinite(squaredTheta))
      engine.coreVector(engine.theta).set(engine.coreVector(this.previous));
    if (!(updated && Number.isFinite(squaredTheta))) {
      this.diverged = true;
      return new TrainedStep(this, epoch, iteration, value, norm, stepSize, undefined, true);
    }
    return new TrainedStep(this, epoch, iteration, value, norm, stepSize, last ? this.endEpoch() : undefined);
  }

  private stepPlan(rows: number): Compiled<StepHandles> {
    const { plan, engine, kind } = this;
    if (plan?.rows === rows && !plan.dropped) return plan;
    this.plan = engine.compiled(kind, rows, (n) => recordStep(engine, n, this.update));
    return this.plan;
  }

  private compute({ rows, targets, first, count, order }: Batch): void {
    const { engine } = this;
    const plan = this.stepPlan(count);
    runWithTargets(engine, plan, plan.handles, rows, targets, first, count, order);
    engine.readScalars(plan, plan.handles.results, this.results);
  }

  private computeInChunks({ rows, targets, first, count, order }: Batch): void {
    const { engine, kind } = this;
    let value = 0;
    const sum = addUp(engine, count, (at, size) => {
      const plan = engine.compiled("gradient", size, (n) => recordGradient(engine, n));
      runWithTargets(engine, plan, plan.handles, rows, targets, first + at, size, order);
      value += engine.readScalar(plan, plan.handles.value);
    });
    const plan = engine.compiled(kind, 0, () => recordUpdateAlone(engine, sum, this.update));
    this.results.fill(Number.NaN);
    if (Number.isFinite(value)) {
      engine.run(plan);
      engine.readScalars(plan, plan.handles.results, this.results);
    }
    this.results[0] = value;
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
    const { engine, states, previous, bestTheta } = this;
    engine.forget(this.kind);
    engine.freeStates([...states, previous, ...(bestTheta === undefined ? [] : [bestTheta])]);
  }
}
