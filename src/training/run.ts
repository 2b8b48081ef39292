/** A training run: one plan a step, and everything that the next step depends on besides the data. */
import { OdenetError } from "../core/errors.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import type { Compiled, Engine } from "../model/engine.ts";
import type { Rows, Targets } from "../model/examples.ts";
import type { Model } from "../model/model.ts";
import { addUp, lossWeight, projectTheta, runWithTargets, type Selected } from "../model/objective.ts";
import type { Ending, Iteration, Method } from "../optimizers/method.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { Settings } from "./options.ts";
import { problemOf } from "./problem.ts";
import {
  recordLearning,
  recordPart,
  recordStep,
  recordUpdateAlone,
  type StepHandles,
  type Update,
} from "./recordStep.ts";
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

const TWO_32 = 4294967296;

/** The numbers 0, 1, 2 … as rows. */
const counting: Rows = {
  count: Number.POSITIVE_INFINITY,
  write(target, at, stride, first, count) {
    for (let r = 0; r < count; r++) {
      target.fill(0, at + r * stride, at + (r + 1) * stride);
      target[at + r * stride] = first + r;
    }
  },
};

/** Tells a plan the numbers of its examples in the batch, where its layers draw random numbers. */
function fillNumbers(
  engine: Engine,
  plan: Compiled<unknown>,
  numbers: Tensor | undefined,
  first: number,
  count: number,
) {
  if (numbers) engine.fill(plan, numbers, counting, first, count);
}

export class Run {
  readonly position: Position = { epoch: 0, iteration: 0, batch: 0, sum: 0, seen: 0, waited: 0, best: undefined };
  readonly history: EpochRecord[] = [];
  /** The optimizer's numbers that persist between steps. */
  readonly memory: number[];
  /** The addresses of the optimizer's vectors, and of the best θ with early stopping; from `begin` on. */
  states: readonly number[] = [];
  /** θ before the step, to go back to where the step makes it infinite. */
  private previous = 0;
  /** The layers' state before the step. */
  private previousState = 0;
  bestTheta: number | undefined;
  /** The layers' state that belongs to it. */
  bestState = 0;
  /** Puts the run where a checkpoint left it; called once memory is there. */
  restore: (() => void) | undefined;
  private readonly kind = `step ${runs++};`;
  /** The plan of the last step: the next one has mostly the same batch size. */
  private plan: Compiled<StepHandles> | undefined;
  /** The optimizer's scalars of a step. */
  private readonly scalars: number[] = [];
  /** What the step at hand gave: loss, ‖g‖², ‖θ‖², R's terms, ‖state‖². An array, since numbers that a function returns are boxed. */
  private readonly results: Float64Array;
  private begun = false;
  private diverged = false;
  /** Why a method has ended. */
  ending: Ending | undefined;
  private releaseProblem: (() => void) | undefined;
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
    this.results = new Float64Array(3 + engine.terms.length + (engine.stateTable.length > 0 ? 1 : 0));
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
    this.previousState = this.engine.allocateLayerState();
    if (this.settings.patience !== undefined) {
      this.bestTheta = this.engine.allocateStates(1)[0];
      this.bestState = this.engine.allocateLayerState();
    }
    projectTheta(this.engine);
    this.restore?.();
  }

  private beginMethod(method: Method): void {
    const { engine, states } = this;
    this.scratch = engine.allocateStates(method.scratch);
    const problem = problemOf(engine, () => this.batch as Selected);
    this.releaseProblem = problem.release;
    const vectors = (addresses: readonly number[]) =>
      addresses.map((address) => ({ address, n: engine.table.coreLength }));
    this.methodStep = method.begin(problem, vectors(states), vectors(this.scratch), this.memory);
  }

  private get update(): Update {
    const { clip } = this.settings;
    const optimizer = this.settings.optimizer as Optimizer;
    const { states, previous, previousState } = this;
    return { optimizer, clip, states, previous, previousState };
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
    const { engine, settings, memory, position } = this;
    engine.checkAlive();
    if (settings.method) return this.stepByMethod(batch, last);
    const optimizer = settings.optimizer as Optimizer;
    const stepSize = this.stepSize();
    optimizer.writeScalars(this.scalars, stepSize, memory);
    engine.setScalars(engine.optimizerScalars, this.scalars);
    engine.setScalar(engine.weight, lossWeight(engine.loss, batch.count));
    if (engine.layers.draws) {
      const { seed } = settings;
      engine.setScalars(engine.counters, [seed >>> 0, Math.floor(seed / TWO_32) >>> 0, position.iteration]);
    }
    if (batch.count <= engine.rowsAtOnce(batch.count)) this.compute(batch);
    else this.computeInChunks(batch);
    const { results } = this;
    const squaredNorm = results[1] as number;
    const terms = engine.terms.length;
    const squaredAfter = (results[2] as number) + (results[3 + terms] ?? 0);
    // The plan has left θ as it was unless both are finite; R may be infinite all the same.
    const updated = Number.isFinite(results[0]) && Number.isFinite(squaredNorm);
    let penalty = 0;
    for (let k = 3; k < 3 + terms; k++) penalty += results[k] as number;
    const value = (results[0] as number) + penalty;
    const finite = updated && Number.isFinite(value) && Number.isFinite(squaredAfter);
    const { epoch } = position;
    this.count(batch, value);
    const { iteration } = position;
    const norm = Math.sqrt(squaredNorm);
    if (updated && !finite) {
      engine.copyVector(engine.theta, this.previous);
      engine.copyLayerState(engine.state, this.previousState);
    }
    if (!finite) {
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

  private count(batch: Batch, value: number): void {
    const { position } = this;
    position.iteration++;
    position.batch++;
    position.sum += value * batch.count;
    position.seen += batch.count;
  }

  private stepByMethod(batch: Batch, last: boolean): Step {
    const { engine, previous, position } = this;
    const { epoch } = position;
    this.batch = batch;
    engine.copyVector(previous, engine.theta);
    const full = this.settings.batchSize >= (this.examples ?? Number.POSITIVE_INFINITY);
    const { end, value, gradientNorm, stepSize, ...told } = (this.methodStep as () => Iteration)();
    this.count(batch, value);
    const { iteration } = position;
    const finite = Number.isFinite(engine.dot(engine.theta, engine.theta));
    if (!finite) engine.copyVector(engine.theta, previous);
    else if (engine.stateTable.length > 0) this.learn(batch);
    if (end?.status === "diverged" || !finite) {
      this.diverged = true;
      return new TrainedStep(this, epoch, iteration, value, gradientNorm, stepSize, undefined, true, told);
    }
    // On a mini-batch, an end is the end of that batch alone.
    if (end && full) this.ending = end;
    const noted = end ? { ...told, note: end.reason } : told;
    const epochEnd = last ? this.endEpoch() : undefined;
    return new TrainedStep(this, epoch, iteration, value, gradientNorm, stepSize, epochEnd, undefined, noted);
  }

  /** What the layers learn from a method's batch: its own plans are those of the objective. */
  private learn({ rows, first, count, order }: Batch): void {
    const { engine, kind, previousState } = this;
    const plan = engine.compiled(`${kind} learning`, count, (n) => recordLearning(engine, n));
    engine.copyLayerState(previousState, engine.state);
    engine.fill(plan, plan.handles.features, rows, first, count, order);
    engine.run(plan, true);
    const finite = engine.coreVector(engine.state, engine.stateTable).every(Number.isFinite);
    if (!finite) engine.copyLayerState(engine.state, previousState);
  }

  private compute({ rows, targets, first, count, order }: Batch): void {
    const { engine } = this;
    const plan = this.stepPlan(count);
    fillNumbers(engine, plan, plan.handles.numbers, 0, count);
    runWithTargets(engine, plan, plan.handles, rows, targets, first, count, order);
    engine.readScalars(plan, plan.handles.results, this.results);
  }

  private computeInChunks({ rows, targets, first, count, order }: Batch): void {
    const { engine, kind } = this;
    let value = 0;
    const sum = addUp(engine, count, (at, size) => {
      const plan = engine.compiled(`${kind} part`, size, (n) => recordPart(engine, n));
      fillNumbers(engine, plan, plan.handles.numbers, at, size);
      runWithTargets(engine, plan, plan.handles, rows, targets, first + at, size, order);
      value += engine.readScalar(plan, plan.handles.value);
    });
    const plan = engine.compiled(kind, 0, () => recordUpdateAlone(engine, sum, this.update));
    this.results.fill(Number.NaN, 0, 3);
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
      engine.copyVector(this.bestTheta as number, engine.theta);
      engine.copyLayerState(this.bestState, engine.state);
    } else position.waited++;
  }

  /** After the last step: θ, with the layers' state, becomes the best one where early stopping kept it. */
  finish(): void {
    const { engine, position, bestTheta, diverged } = this;
    if (bestTheta === undefined || position.best === undefined || diverged) return;
    engine.checkAlive();
    engine.copyVector(engine.theta, bestTheta);
    engine.copyLayerState(engine.state, this.bestState);
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
    const { engine, states, scratch, previous, bestTheta, previousState, bestState } = this;
    engine.forget(this.kind);
    this.releaseProblem?.();
    engine.freeStates([...states, ...scratch, previous, ...(bestTheta === undefined ? [] : [bestTheta])]);
    engine.freeLayerStates([previousState, bestState]);
  }
}
