/** A training run: everything that the next step depends on besides the data. */
import { OdenetError } from "../core/errors.ts";
import type { Engine } from "../model/engine.ts";
import type { Model } from "../model/model.ts";
import { projectTheta } from "../model/objective.ts";
import { adam } from "../optimizers/index.ts";
import type { Ending } from "../optimizers/method.ts";
import { MethodStepper } from "./methodStepper.ts";
import type { Settings } from "./options.ts";
import type { Ledger } from "./receipts/ledger.ts";
import type { Receipt } from "./receipts/receipt.ts";
import { type EpochRecord, type Step, TrainedStep, watchedLoss } from "./step.ts";
import type { StepBatch, Stepper } from "./stepper.ts";
import { UpdateStepper } from "./updateStepper.ts";

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

export class Run {
  readonly position: Position = { epoch: 0, iteration: 0, batch: 0, sum: 0, seen: 0, waited: 0, best: undefined };
  readonly history: EpochRecord[] = [];
  /** Addresses of the best θ, with early stopping, and of the layers' state that belongs to it; from `begin` on. */
  bestTheta: number | undefined;
  bestState = 0;
  /** Puts the run where a checkpoint left it; called once memory is there. */
  restore: (() => void) | undefined;
  /** Keeps the receipt of the run. */
  ledger: Ledger | undefined;
  /** The receipt of a run that is over and did not diverge. */
  closing: Receipt | undefined;
  /** Why a method has ended. */
  ending: Ending | undefined;
  private readonly stepper: Stepper;
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
    const { method, optimizer = adam(), epochs, batchSize } = settings;
    const full = batchSize >= (examples ?? Number.POSITIVE_INFINITY);
    this.stepper = method
      ? new MethodStepper(engine, method, full)
      : new UpdateStepper(engine, settings, optimizer, epochs * (this.perEpoch ?? 0));
  }

  /** The optimizer's numbers, and the addresses of its vectors, that persist between steps. */
  get memory(): number[] {
    return this.stepper.memory;
  }

  get states(): readonly number[] {
    return this.stepper.states;
  }

  /** Takes memory. Not before the first step: a generator that is never started is never closed either. */
  begin(): void {
    if (this.begun) return;
    this.begun = true;
    this.engine.checkAlive();
    this.stepper.begin();
    if (this.settings.patience !== undefined) {
      this.bestTheta = this.engine.vectors.allocate();
      this.bestState = this.engine.vectors.allocateState();
    }
    projectTheta(this.engine);
    this.restore?.();
    this.ledger?.note(this);
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

  /** One step; `last` ends the epoch. */
  step(batch: StepBatch, last: boolean): Step {
    const { engine, position, stepper } = this;
    engine.checkAlive();
    const { epoch } = position;
    const { value, gradientNorm, stepSize, finite, end, told } = stepper.step(batch, position.iteration);
    position.iteration++;
    position.batch++;
    position.sum += value * batch.count;
    position.seen += batch.count;
    const { iteration } = position;
    if (!finite) {
      this.diverged = true;
      return new TrainedStep(this, epoch, iteration, value, gradientNorm, stepSize, undefined, true, told);
    }
    this.ending = end;
    const epochEnd = last ? this.endEpoch() : undefined;
    this.ledger?.note(this);
    return new TrainedStep(this, epoch, iteration, value, gradientNorm, stepSize, epochEnd, undefined, told);
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
    const { position, history, settings, bestTheta } = this;
    const { vectors } = this.engine;
    const lossOf = (epoch: number | undefined) => {
      const record = epoch === undefined ? undefined : history[epoch];
      return record ? watchedLoss(record) : Number.POSITIVE_INFINITY;
    };
    if (bestTheta !== undefined && lossOf(position.epoch) < lossOf(position.best) - settings.minimumChange) {
      position.best = position.epoch;
      position.waited = 0;
      vectors.copy(bestTheta, vectors.theta);
      vectors.copyState(this.bestState, vectors.state);
    } else position.waited++;
  }

  /** Address of θ as training leaves it, where it stands. */
  get finalTheta(): number {
    const { engine, position, bestTheta, over } = this;
    return over && bestTheta !== undefined && position.best !== undefined ? bestTheta : engine.vectors.theta;
  }

  /** After the last step: θ, with the layers' state, becomes the best one where early stopping kept it. */
  finish(): void {
    const { engine, position, bestTheta, diverged } = this;
    if (diverged) return;
    engine.checkAlive();
    this.closing = this.ledger?.receipt(this);
    if (bestTheta === undefined || position.best === undefined) return;
    const { vectors } = engine;
    vectors.copy(vectors.theta, bestTheta);
    vectors.copyState(vectors.state, this.bestState);
  }

  /** The run after `iteration` steps as bytes, if that is where it stands. */
  checkpoint(iteration: number): Uint8Array<ArrayBuffer> {
    this.checkStanding(iteration, "checkpoint");
    return this.write(this);
  }

  /** The receipt of its first `iteration` steps, if that is where it stands. */
  receipt(iteration: number): Receipt {
    if (!this.ledger) {
      throw new OdenetError(
        "option",
        "receipt: expected a run that keeps one, got one without. Pass receipt: { every: 100 } to train.",
      );
    }
    this.checkStanding(iteration, "receipt");
    return this.ledger.receipt(this);
  }

  private checkStanding(iteration: number, what: string): void {
    const fail = (got: string): never => {
      throw new OdenetError(
        "value",
        `${what}: expected the step where training stands, got ${got}. Call step.${what}() inside the loop, before the next step.`,
      );
    };
    if (this.diverged) fail("one that diverged, from where nothing can go on");
    if (this.released) fail(`step ${iteration} of a run that is over`);
    if (iteration !== this.position.iteration) fail(`step ${iteration} after step ${this.position.iteration}`);
    this.engine.checkAlive();
  }

  /** Gives the memory back. */
  release(): void {
    if (this.released || !this.begun) return;
    this.released = true;
    const { engine, bestTheta, bestState } = this;
    if (!engine.alive) return;
    this.stepper.release();
    if (bestTheta !== undefined) engine.vectors.free([bestTheta]);
    engine.vectors.freeStates([bestState]);
  }
}
