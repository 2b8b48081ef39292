/** What training yields. */
import type { Evaluation } from "../model/model.ts";
import type { Receipt } from "./receipts/receipt.ts";

/** What `train` yields after every step. */
export interface Step {
  /** From 0. */
  readonly epoch: number;
  /** Steps so far, this one included. */
  readonly iteration: number;
  /** The batch's objective before the update. */
  readonly value: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** The learning rate used, or the step that a method found: 0 where it found none. */
  readonly stepSize: number;
  /** Of a method: evaluations of the objective in this step, with or without gradient. */
  readonly evaluations?: number;
  /** Of newtonCG and variableProjection: iterations of the conjugate gradients. */
  readonly cgIterations?: number;
  /** Of a method: what was out of the ordinary, or why it has ended, in words. */
  readonly note?: string;
  /** Set on the last step of an epoch. */
  readonly epochEnd?: EpochEnd;
  /** Set when value or gradient was not finite: θ was left as it was, and training ends. */
  readonly diverged?: boolean;
  /**
   * The run as bytes for `resume`: θ, the optimizer's state, the position, the best θ. They are a saved model too, for
   * `modelFromBytes`. Nothing is copied unless this is called; call it before the next step. Throws `value`.
   */
  checkpoint(): Uint8Array<ArrayBuffer>;
  /** What the run did so far, for `audit`. Call it before the next step. Throws `option` without train's `receipt`, and `value`. */
  receipt(): Receipt;
}

/** What the run of a step gives of itself, where it stands after so many steps. */
interface Standing {
  checkpoint(iteration: number): Uint8Array<ArrayBuffer>;
  receipt(iteration: number): Receipt;
}

/** What a method reports besides. */
export type OfMethod = Partial<Pick<Step, "evaluations" | "cgIterations" | "note">>;

/** A step of a run; one object, nothing else, is made for each. */
export class TrainedStep implements Step {
  readonly epoch: number;
  readonly iteration: number;
  readonly value: number;
  readonly gradientNorm: number;
  readonly stepSize: number;
  declare readonly evaluations?: number;
  declare readonly cgIterations?: number;
  declare readonly note?: string;
  declare readonly epochEnd?: EpochEnd;
  declare readonly diverged?: boolean;
  readonly #run: Standing;

  constructor(
    run: Standing,
    epoch: number,
    iteration: number,
    value: number,
    gradientNorm: number,
    stepSize: number,
    epochEnd?: EpochEnd,
    diverged?: boolean,
    ofMethod?: OfMethod,
  ) {
    this.#run = run;
    this.epoch = epoch;
    this.iteration = iteration;
    this.value = value;
    this.gradientNorm = gradientNorm;
    this.stepSize = stepSize;
    if (epochEnd) this.epochEnd = epochEnd;
    if (diverged) this.diverged = diverged;
    if (ofMethod) Object.assign(this, ofMethod);
  }

  checkpoint(): Uint8Array<ArrayBuffer> {
    return this.#run.checkpoint(this.iteration);
  }

  receipt(): Receipt {
    return this.#run.receipt(this.iteration);
  }
}

export interface EpochEnd {
  /** Mean objective of the epoch's batches, each before its update, weighted by their sizes. */
  readonly loss: number;
  readonly validation?: Evaluation;
}

/** One entry of a run's history. */
export interface EpochRecord extends EpochEnd {
  /** From 0. */
  readonly epoch: number;
}

/** The loss that early stopping and `best` look at. */
export const watchedLoss = ({ loss, validation }: EpochEnd): number => validation?.loss ?? loss;
