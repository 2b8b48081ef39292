/** Steps of a first-order optimizer: one plan computes loss, gradient and update. */
import type { Tensor } from "../core/recording/tensor.ts";
import { isCounted, lossWeight, runOn } from "../model/chunks.ts";
import type { Compiled } from "../model/compiled.ts";
import type { Engine } from "../model/engine.ts";
import type { Rows } from "../model/examples.ts";
import { addUp } from "../model/objective.ts";
import { recipe } from "../model/recipe.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { Settings } from "./options.ts";
import { Previous } from "./previous.ts";
import { recordPart, recordStep, recordUpdateAlone, type StepHandles, type Update } from "./recordStep.ts";
import { type Outcome, outcome, type StepBatch, type Stepper } from "./stepper.ts";

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
function fillNumbers(plan: Compiled<unknown>, numbers: Tensor | undefined, first: number, count: number): void {
  if (numbers) plan.fill(numbers, counting, first, count);
}

const whole = recipe((engine, rows, update: Update, counted: boolean) => recordStep(engine, rows, update, counted));
const part = recipe((engine, rows, _update: Update, counted: boolean) => recordPart(engine, rows, counted));
const alone = recipe((engine, _rows, update: Update, from: number) => recordUpdateAlone(engine, from, update));

export class UpdateStepper implements Stepper {
  states: readonly number[] = [];
  readonly memory: number[];
  private readonly previous: Previous;
  private readonly outcome = outcome();
  /** What the plans are made for; one object, which they are known by. */
  private update: Update | undefined;
  /** The plan of the last step: the next one has mostly the same batch size. */
  private plan: Compiled<StepHandles> | undefined;
  /** The optimizer's scalars of a step. */
  private readonly scalars: number[] = [];
  /** What the step at hand gave: loss, ‖g‖², ‖θ‖², R's terms, ‖state‖². An array, since numbers that a function returns are boxed. */
  private readonly results: Float64Array;

  constructor(
    private readonly engine: Engine,
    private readonly settings: Settings,
    private readonly optimizer: Optimizer,
    /** Steps in all, 0 where that is not known. */
    private readonly total: number,
  ) {
    const { terms, vectors } = engine;
    this.results = new Float64Array(3 + terms.length + (vectors.stateTable.length > 0 ? 1 : 0));
    this.memory = [...optimizer.memory];
    this.previous = new Previous(vectors);
  }

  begin(): void {
    const { engine, optimizer, settings, previous } = this;
    this.states = engine.vectors.allocateAll(optimizer.states);
    previous.begin();
    this.update = {
      optimizer,
      clip: settings.clip,
      states: this.states,
      previous: previous.theta,
      previousState: previous.state,
    };
  }

  private get updated(): Update {
    if (!this.update) throw new Error("a run begins before its first step");
    return this.update;
  }

  /** The learning rate of the step behind so many. */
  private learningRate(done: number): number {
    const t = this.total > 1 ? Math.min(1, done / (this.total - 1)) : 0;
    return this.optimizer.learningRate * this.settings.schedule.rate(t);
  }

  step(batch: StepBatch, done: number): Outcome {
    const { engine, outcome, results } = this;
    const stepSize = this.learningRate(done);
    this.optimizer.writeScalars(this.scalars, stepSize, this.memory);
    engine.setScalars(engine.optimizerScalars, this.scalars);
    if (engine.layers.draws) {
      const { seed } = this.settings;
      engine.setScalars(engine.counters, [seed >>> 0, Math.floor(seed / TWO_32) >>> 0, done]);
    }
    if (batch.count <= engine.rowsAtOnce(batch.count)) this.compute(batch);
    else this.computeInChunks(batch);
    const terms = engine.terms.length;
    const [loss = Number.NaN, squaredNorm = Number.NaN, squaredTheta = Number.NaN] = results;
    const squaredAfter = squaredTheta + (results[3 + terms] ?? 0);
    let penalty = 0;
    for (let k = 3; k < 3 + terms; k++) penalty += results[k] ?? Number.NaN;
    // The plan has left θ as it was unless both are finite; R may be infinite all the same.
    const moved = Number.isFinite(loss) && Number.isFinite(squaredNorm);
    outcome.value = loss + penalty;
    outcome.gradientNorm = Math.sqrt(squaredNorm);
    outcome.stepSize = stepSize;
    outcome.finite = moved && Number.isFinite(outcome.value) && Number.isFinite(squaredAfter);
    if (moved && !outcome.finite) this.previous.restore();
    return outcome;
  }

  private stepPlan(batch: StepBatch): Compiled<StepHandles> {
    const { plan } = this;
    const { count: rows } = batch;
    const counted = isCounted(batch);
    if (plan?.rows === rows && counted === (plan.handles.importances !== undefined) && !plan.dropped) return plan;
    this.plan = this.engine.plans.of(whole, rows, this.updated, counted);
    return this.plan;
  }

  private compute(batch: StepBatch): void {
    const { engine } = this;
    const { count } = batch;
    const plan = this.stepPlan(batch);
    fillNumbers(plan, plan.handles.numbers, 0, count);
    runOn(engine, plan, batch, 0, count, lossWeight(engine.loss, count));
    plan.readScalars(plan.handles.results, this.results);
  }

  private computeInChunks(batch: StepBatch): void {
    const { engine, results } = this;
    const weight = lossWeight(engine.loss, batch.count);
    let value = 0;
    const sum = addUp(engine, batch.count, (at, size) => {
      const plan = engine.plans.of(part, size, this.updated, isCounted(batch));
      fillNumbers(plan, plan.handles.numbers, at, size);
      runOn(engine, plan, batch, at, size, weight);
      value += plan.readScalar(plan.handles.value);
    });
    const plan = engine.plans.of(alone, 0, this.updated, sum);
    results.fill(Number.NaN, 0, 3);
    if (Number.isFinite(value)) {
      engine.run(plan);
      plan.readScalars(plan.handles.results, results);
    }
    results[0] = value;
  }

  release(): void {
    const { engine, previous, states } = this;
    engine.plans.forget(this.updated);
    engine.vectors.free(states);
    previous.release();
  }
}
