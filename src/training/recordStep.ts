/** What training records: the gradient's recording followed by the optimizer's update of θ, one plan a step. */
import { known } from "../core/known.ts";
import { nth } from "../core/nth.ts";
import { STREAMS, streams } from "../core/random.ts";
import type { Recorder } from "../core/recording/recorder.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import type { Draw, TrainingContext } from "../layers/parameters.ts";
import type { Engine } from "../model/engine.ts";
import { forward, OBJECTIVE, recordGradient } from "../model/recordings.ts";
import { recordPenalties, recordProjection } from "../model/regularization.ts";
import { combine } from "../operations/combine.ts";
import { copy } from "../operations/fill.ts";
import { clipNorm, dot, guard } from "../operations/vector.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";

/** An optimizer with the addresses of its state vectors and of what keeps θ and the layers' state as they were before. */
export interface Update {
  readonly optimizer: Optimizer;
  readonly states: readonly number[];
  readonly previous: number;
  readonly previousState: number;
  /** Longest gradient that is used as it is; longer ones are scaled to this norm. */
  readonly clip?: number | undefined;
}

/** What the host reads after the update. */
export interface UpdateHandles {
  /**
   * The loss (‖g‖² for an update alone), ‖g‖², ‖θ‖² after the update, the regularizers' terms, and ‖state‖² after the update
   * where the layers have state.
   */
  readonly results: readonly Tensor[];
}

/** What the host writes and reads of a step's plan. */
export interface StepHandles extends UpdateHandles {
  readonly features: Tensor;
  readonly targets: Tensor;
  readonly importances: Tensor | undefined;
  /** Each example's number in the batch, where layers draw random numbers. */
  readonly numbers: Tensor | undefined;
}

/** One training step: loss, regularizers, gradient, and the update of θ unless either is not finite. */
export function recordStep(
  engine: Engine,
  rows: number,
  update: Update,
  counted?: boolean,
): { record: Recorder; handles: StepHandles } {
  const training = new TrainingRecord(engine, rows);
  const { record, handles } = recordGradient(engine, rows, { hooks: { training }, counted });
  const results = recordUpdate(engine, record, engine.vectors.gradient, update, handles.value, training);
  return { record, handles: { ...handles, ...results, numbers: training.numbers } };
}

/** The gradient of a chunk of a step's batch. */
export function recordPart(engine: Engine, rows: number, counted?: boolean) {
  const training = new TrainingRecord(engine, rows);
  const { record, handles } = recordGradient(engine, rows, { hooks: { training }, counted });
  return { record, handles: { ...handles, numbers: training.numbers } };
}

/** What the layers learn from a batch besides θ, for methods that choose their own steps. */
export function recordLearning(engine: Engine, rows: number) {
  const training = new TrainingRecord(engine, rows);
  const { record, features } = forward(engine, rows, { ...OBJECTIVE, training });
  training.apply(record);
  return { record, handles: { features } };
}

/** What layers ask of a step while it is recorded. */
class TrainingRecord implements TrainingContext {
  numbers: Tensor | undefined;
  private drawn = 0;
  private readonly changes: { name: string; seen: Tensor; share: number; weight: number; first: number }[] = [];

  constructor(
    private readonly engine: Engine,
    private readonly rows: number,
  ) {}

  learn(name: string, seen: Tensor, share: number, weight: number, first = 0): void {
    this.changes.push({ name, seen, share, weight, first });
  }

  draw(record: Recorder): Draw {
    const { engine, rows } = this;
    this.numbers ??= record.input("numbers", rows, 1);
    const stream = streams.dropout + STREAMS * this.drawn++;
    return { examples: this.numbers, counters: engine.recorder.scalar(record, "counters", engine.counters), stream };
  }

  /** Records the changes of the layers' state. */
  apply(record: Recorder): void {
    for (const { name, seen, share, weight, first } of this.changes) {
      const state = this.engine.recorder.state(record, name, first, seen.count);
      // In two calls: the sum of one could share the memory of what was seen, which would then come to the state too early.
      const faded = combine(record, [[1 - share, state]]);
      record.homes.set(combine(record, [[weight, seen]], faded), known(state.home));
    }
  }
}

/** Only the update, for a batch whose gradient was added up from chunks at the address `from`. */
export function recordUpdateAlone(
  engine: Engine,
  from: number,
  update: Update,
): { record: Recorder; handles: UpdateHandles } {
  const { record } = engine.recorder.begin();
  return { record, handles: recordUpdate(engine, record, from, update) };
}

/** A large rate makes θ infinite although g is not: hence ‖θ‖². */
function recordUpdate(
  engine: Engine,
  record: Recorder,
  from: number,
  update: Update,
  value?: Tensor,
  training?: TrainingRecord,
): UpdateHandles {
  const { optimizer, states, previous, previousState, clip } = update;
  const penalties = recordPenalties(engine, record, from);
  const gradient = engine.recorder.vector(record, "gradient", from);
  const squaredNorm = record.keep(dot(record, gradient, gradient));
  guard(record, value ?? squaredNorm, squaredNorm);
  if (clip !== undefined) clipNorm(record, gradient, squaredNorm, clip);
  const theta = engine.recorder.vector(record, "theta", engine.vectors.theta);
  const scalars = engine.recorder.scalar(record, "scalars", engine.optimizerScalars);
  const vectors = states.map((address, k) => engine.recorder.vector(record, `state ${k}`, address));
  const before = nth(record.call(copy, [theta], [theta]), 0);
  record.homes.set(before, previous);
  optimizer.record(record, theta, gradient, vectors, scalars);
  recordProjection(engine, record, engine.vectors.theta);
  const squaredTheta = record.keep(dot(record, theta, theta));
  const squaredState = recordChanges(engine, record, previousState, training);
  return { results: [value ?? squaredNorm, squaredNorm, squaredTheta, ...penalties, ...squaredState] };
}

/** The changes of the layers' state, with what was before at `previous`; its squared norm, where there is any. */
function recordChanges(engine: Engine, record: Recorder, previous: number, training?: TrainingRecord): Tensor[] {
  if (engine.vectors.stateTable.coreLength === 0) return [];
  const state = engine.recorder.wholeState(record);
  record.homes.set(nth(record.call(copy, [state], [state]), 0), previous);
  training?.apply(record);
  return [record.keep(dot(record, state, state))];
}
