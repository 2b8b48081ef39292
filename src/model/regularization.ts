/** Regularizers recorded behind the loss: R(θ) and its derivatives, added in place to θ-long vectors. */
import type { Recorder } from "../core/recording/recorder.ts";
import { numberBytes, type Tensor } from "../core/recording/tensor.ts";
import { addPenalty, penalize } from "../operations/regularize.ts";
import type { Engine, PlacedTerm } from "./engine.ts";

function stretch(engine: Engine, record: Recorder, term: PlacedTerm, name: string, vector: number): Tensor {
  const { n, sets, penalty, offset } = term;
  const shape = penalty === "stability" ? { rows: n, columns: n, count: sets } : { rows: 1, columns: n, count: sets };
  return record.shared(name, shape, vector + offset * numberBytes(engine.precision));
}

function constants(record: Recorder, { constants: address, extra }: PlacedTerm): Tensor | undefined {
  return extra && record.shared("constants", { rows: 1, columns: extra.length }, address);
}

/** Adds dR(θ) to the vector at `gradient`, where there is one; returns the terms' values, to be added up by the host. */
export function recordPenalties(engine: Engine, record: Recorder, gradient?: number): Tensor[] {
  return engine.terms.map((term) => {
    const x = stretch(engine, record, term, "theta", engine.vectors.theta);
    const out = gradient === undefined ? undefined : stretch(engine, record, term, "gradient", gradient);
    return record.keep(penalize(record, term, { out, x, extra: constants(record, term) }));
  });
}

/** The same as a plan of its own. */
export function recordRegularization(engine: Engine, gradient?: number) {
  const { record } = engine.recorder.begin();
  return { record, handles: { penalties: recordPenalties(engine, record, gradient) } };
}

/** product += d²R(θ) v. */
export function recordCurvature(engine: Engine, direction: number, product: number) {
  const { record } = engine.recorder.begin();
  for (const term of engine.terms) {
    const out = stretch(engine, record, term, "product", product);
    const v = stretch(engine, record, term, "direction", direction);
    const curved = term.penalty === "absolute" || term.penalty === "stability";
    if (curved)
      addPenalty(record, term, { out, x: stretch(engine, record, term, "theta", engine.vectors.theta), direction: v });
    else {
      // A quadratic one: d²R v is dR(v) without a reference.
      const extra = term.penalty === "operator" ? constants(record, term) : undefined;
      addPenalty(record, { ...term, referenced: false }, { out, x: v, extra });
    }
  }
  return { record, handles: {} };
}

/** The vector becomes the nearest one that the constraints allow. */
export function recordProjection(engine: Engine, record: Recorder, vector: number): void {
  for (const term of engine.projections) {
    const x = stretch(engine, record, term, "theta", vector);
    addPenalty(record, term, { out: x, x });
  }
}
