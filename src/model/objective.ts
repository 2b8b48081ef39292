/** The objective of a model on data, loss + regularizers: its value, gradient and Hessian products, in the core's order. */
import type { Tensor } from "../core/recording/tensor.ts";
import { type Batch, chunks, inChunks, isCounted, lossWeight, runOn } from "./chunks.ts";
import type { Classifier } from "./classifier.ts";
import type { Compiled } from "./compiled.ts";
import type { Engine } from "./engine.ts";
import type { Targets } from "./examples.ts";
import { recordGaussNewton, recordHessianVector } from "./productRecordings.ts";
import { recipe } from "./recipe.ts";
import * as recordings from "./recordings.ts";
import { recordCurvature, recordProjection, recordRegularization } from "./regularization.ts";

/** A batch; with a classifier, rows are what it sees, and it alone is differentiated. */
export interface Selected extends Batch {
  readonly targets: Targets;
  readonly classifier?: Classifier | undefined;
}

/** Adds up the gradients of all chunks, in order; returns the address of the sum. */
export function addUp(
  engine: Engine,
  examples: number,
  run: (first: number, count: number) => void,
  separate = false,
): number {
  const { vectors, plans } = engine;
  if (examples <= engine.rowsAtOnce(examples, separate)) {
    run(0, examples);
    return vectors.gradient;
  }
  vectors.core(vectors.total).fill(0);
  for (const { first, count } of chunks(engine, examples, separate)) {
    run(first, count);
    engine.run(plans.of(accumulate, 0));
  }
  return vectors.total;
}

/** total += gradient. */
const accumulate = recipe((engine) => recordings.recordAccumulate(engine, engine.vectors.total));

const regularization = recipe((engine, _rows, gradient: number | undefined) => recordRegularization(engine, gradient));

/** Value of the regularizers at θ; their gradient is added at the address `gradient`. */
export function penalty(engine: Engine, gradient?: number): number {
  if (engine.terms.length === 0) return 0;
  const plan = engine.plans.of(regularization, 0, gradient);
  engine.run(plan);
  return plan.handles.penalties.reduce((sum, t) => sum + plan.readScalar(t), 0);
}

/** R(θ). */
export const regularizersAt = (engine: Engine): number => penalty(engine);

/** The value of a loss in a plan that is kept. */
export const lossValue = recipe((engine, rows, counted: boolean, classifier: Classifier | undefined) =>
  recordings.recordValue(engine, rows, { classifier, counted }),
);

const lossGradient = recipe((engine, rows, counted: boolean, classifier: Classifier | undefined) =>
  recordings.recordGradient(engine, rows, { classifier, counted }),
);

/** Loss + regularizers at θ. */
export function objectiveValue(engine: Engine, selected: Selected): number {
  let value = 0;
  const add = (plan: Compiled<{ value: Tensor }>) => {
    value += plan.readScalar(plan.handles.value);
  };
  inChunks(engine, lossValue, selected, false, add, isCounted(selected), selected.classifier);
  return value + penalty(engine);
}

/** The same with the gradient, and the address where it lies until the next product or gradient. */
export function objectiveGradient(engine: Engine, selected: Selected) {
  const { count: n, classifier } = selected;
  const weight = lossWeight(engine.loss, n);
  let value = 0;
  const gradient = addUp(engine, n, (first, count) => {
    const plan = engine.plans.of(lossGradient, count, isCounted(selected), classifier);
    runOn(engine, plan, selected, first, count, weight);
    value += plan.readScalar(plan.handles.value);
  });
  return { value: value + penalty(engine, gradient), gradient };
}

/** The plan of the gradient for so many rows as a readable listing. */
export const describeGradient = (engine: Engine, rows: number): string =>
  engine.plans.of(lossGradient, rows, false, undefined).plan.describe();

/** Which second derivative. A list of names: the Gauss–Newton matrix of these parameters alone. */
export type Curvature = "gaussNewton" | "exact" | readonly string[];

const hessian = recipe((engine, rows, counted: boolean) => recordHessianVector(engine, rows, counted));

const gaussNewton = recipe(
  (engine, rows, counted: boolean, names: readonly string[] | undefined, classifier: Classifier | undefined) =>
    recordGaussNewton(engine, rows, names, { classifier, counted }),
);

/** The Hessian, or an approximation, times the vector `vectors.direction`; the address of the product. */
export function hessianProduct(engine: Engine, selected: Selected, curvature: Curvature, regularized = true): number {
  const { count: n, classifier } = selected;
  const { plans, vectors } = engine;
  const weight = lossWeight(engine.loss, n);
  const counted = isCounted(selected);
  const product = addUp(engine, n, (first, count) => {
    if (curvature === "exact") return runOn(engine, plans.of(hessian, count, counted), selected, first, count, weight);
    const names = curvature === "gaussNewton" ? undefined : curvature;
    runOn(engine, plans.of(gaussNewton, count, counted, names, classifier), selected, first, count, weight);
  });
  if (regularized) addCurvature(engine, vectors.direction, product);
  return product;
}

const curvature = recipe((engine, _rows, direction: number, product: number) =>
  recordCurvature(engine, direction, product),
);

/** product += d²R(θ) v. */
export function addCurvature(engine: Engine, direction: number, product: number): void {
  if (engine.terms.length > 0) engine.run(engine.plans.of(curvature, 0, direction, product));
}

const projection = recipe((engine) => {
  const { record } = engine.recorder.begin();
  recordProjection(engine, record, engine.vectors.theta);
  return { record, handles: {} };
});

/** θ becomes the nearest one that the constraints allow. */
export function projectTheta(engine: Engine): void {
  if (engine.projections.length > 0) engine.run(engine.plans.of(projection, 0));
}
