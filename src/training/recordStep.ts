/** What training records: the gradient's recording followed by the optimizer's update of θ, one plan a step. */
import type { Recorder } from "../core/recorder.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Engine } from "../model/engine.ts";
import { recordGradient } from "../model/recordings.ts";
import { recordPenalties, recordProjection } from "../model/regularization.ts";
import { copy } from "../operations/fill.ts";
import { clipNorm, dot, guard } from "../operations/vector.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";

/** An optimizer with the addresses of its state vectors and of a θ-long vector that keeps θ as it was before the step. */
export interface Update {
  readonly optimizer: Optimizer;
  readonly states: readonly number[];
  readonly previous: number;
  /** Longest gradient that is used as it is; longer ones are scaled to this norm. */
  readonly clip?: number | undefined;
}

/** What the host reads after the update. */
export interface UpdateHandles {
  /** The loss (‖g‖² for an update alone), ‖g‖², ‖θ‖² after the update, and the regularizers' terms. */
  readonly results: readonly Tensor[];
}

/** What the host writes and reads of a step's plan. */
export interface StepHandles extends UpdateHandles {
  readonly features: Tensor;
  readonly targets: Tensor;
}

/** One training step: loss, regularizers, gradient, and the update of θ unless either is not finite. */
export function recordStep(engine: Engine, rows: number, update: Update): { record: Recorder; handles: StepHandles } {
  const { record, handles } = recordGradient(engine, rows);
  return { record, handles: { ...handles, ...recordUpdate(engine, record, engine.gradient, update, handles.value) } };
}

/** Only the update, for a batch whose gradient was added up from chunks at the address `from`. */
export function recordUpdateAlone(
  engine: Engine,
  from: number,
  update: Update,
): { record: Recorder; handles: UpdateHandles } {
  const { record } = engine.recorder();
  return { record, handles: recordUpdate(engine, record, from, update) };
}

/** A large rate makes θ infinite although g is not: hence ‖θ‖². */
function recordUpdate(engine: Engine, record: Recorder, from: number, update: Update, value?: Tensor): UpdateHandles {
  const { optimizer, states, previous, clip } = update;
  const penalties = recordPenalties(engine, record, from);
  const gradient = engine.vectorTensor(record, "gradient", from);
  const squaredNorm = record.keep(dot(record, gradient, gradient));
  guard(record, value ?? squaredNorm, squaredNorm);
  if (clip !== undefined) clipNorm(record, gradient, squaredNorm, clip);
  const theta = engine.vectorTensor(record, "theta", engine.theta);
  const scalars = engine.scalarTensor(record, "scalars", engine.optimizerScalars);
  const vectors = states.map((address, k) => engine.vectorTensor(record, `state ${k}`, address));
  const before = record.call(copy, [theta], [theta])[0] as Tensor;
  record.homes.set(before, previous);
  optimizer.record(record, theta, gradient, vectors, scalars);
  recordProjection(engine, record, engine.theta);
  const squaredTheta = record.keep(dot(record, theta, theta));
  return { results: [value ?? squaredNorm, squaredNorm, squaredTheta, ...penalties] };
}
