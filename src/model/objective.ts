/** The objective of a model on data, loss + regularizers: its value, gradient and Hessian products, in the core's order. */
import type { Tensor } from "../core/recording/tensor.ts";
import type { Loss } from "../losses/index.ts";
import { chunks } from "./chunks.ts";
import type { Classifier } from "./classifier.ts";
import type { Compiled, Engine } from "./engine.ts";
import type { Rows, Targets } from "./examples.ts";
import * as recordings from "./recordings.ts";
import { recordCurvature, recordProjection, recordRegularization } from "./regularization.ts";

/** Examples [first, first + count) of rows and targets, or `order[first] …`. */
export interface Selected {
  readonly rows: Rows;
  readonly targets: Targets;
  readonly first: number;
  readonly count: number;
  readonly order?: ArrayLike<number> | undefined;
  /** Rows are what the classifier sees, and it alone is differentiated. */
  readonly classifier?: Classifier | undefined;
}

/** 1/n for a mean, 1 for a sum. */
export function lossWeight(loss: Loss, examples: number): number {
  return "reduction" in loss && loss.reduction === "sum" ? 1 : 1 / examples;
}

/** Fills a plan's inputs with examples [first, first + count) and runs it. */
export function runWithTargets(
  engine: Engine,
  plan: Compiled<unknown>,
  handles: { readonly features: Tensor; readonly targets: Tensor },
  rows: Rows,
  targets: Targets,
  first: number,
  count: number,
  order?: ArrayLike<number>,
): void {
  engine.fill(plan, handles.features, rows, first, count, order);
  engine.fill(plan, handles.targets, targets.rows, first, count, order);
  // In training, where there is an order, a step without a solution shows as divergence.
  engine.run(plan, order !== undefined);
}

/** Adds up the gradients of all chunks, in order; returns the address of the sum. */
export function addUp(
  engine: Engine,
  examples: number,
  run: (first: number, count: number) => void,
  separate = false,
): number {
  if (examples <= engine.rowsAtOnce(examples, separate)) {
    run(0, examples);
    return engine.gradient;
  }
  const total = engine.vector("total");
  engine.coreVector(total).fill(0);
  const accumulate = () => engine.compiled("accumulate", 0, () => recordings.recordAccumulate(engine, total));
  for (const { first, count } of chunks(engine, examples, separate)) {
    run(first, count);
    engine.run(accumulate());
  }
  return total;
}

const kindOf = (kind: string, classifier: Classifier | undefined) => (classifier ? `classifier ${kind}` : kind);

/** Value of the regularizers at θ; their gradient is added at the address `gradient`. */
export function penalty(engine: Engine, gradient?: number): number {
  if (engine.terms.length === 0) return 0;
  const kind = `regularizers ${gradient ?? "alone"}`;
  const plan = engine.compiled(kind, 0, () => recordRegularization(engine, gradient));
  engine.run(plan);
  return penaltyValue(engine, plan, plan.handles.penalties);
}

/** Adds up the values of the terms, in order. */
export function penaltyValue(engine: Engine, plan: Compiled<unknown>, penalties: readonly Tensor[]): number {
  let sum = 0;
  for (const t of penalties) sum += engine.readScalar(plan, t);
  return sum;
}

function weigh(engine: Engine, count: number): void {
  engine.setScalar(engine.weight, lossWeight(engine.loss, count));
}

/** R(θ). */
export const regularizersAt = (engine: Engine): number => penalty(engine);

/** Loss + regularizers at θ. */
export function objectiveValue(engine: Engine, selected: Selected): number {
  const { rows, targets, first: from, count: n, order, classifier } = selected;
  let value = 0;
  weigh(engine, n);
  for (const { first, count } of chunks(engine, n)) {
    const plan = engine.compiled(kindOf("value", classifier), count, (n) =>
      recordings.recordValue(engine, n, classifier),
    );
    runWithTargets(engine, plan, plan.handles, rows, targets, from + first, count, order);
    value += engine.readScalar(plan, plan.handles.value);
  }
  return value + penalty(engine);
}

/** The same with the gradient, and the address where it lies until the next product or gradient. */
export function objectiveGradient(engine: Engine, selected: Selected) {
  const { rows, targets, first: from, count: n, order, classifier } = selected;
  let value = 0;
  weigh(engine, n);
  const gradient = addUp(engine, n, (first, count) => {
    const plan = engine.compiled(kindOf("gradient", classifier), count, (n) =>
      recordings.recordGradient(engine, n, classifier),
    );
    runWithTargets(engine, plan, plan.handles, rows, targets, from + first, count, order);
    value += engine.readScalar(plan, plan.handles.value);
  });
  return { value: value + penalty(engine, gradient), gradient };
}

/** Which second derivative. A list of names: the Gauss–Newton matrix of these parameters alone. */
export type Curvature = "gaussNewton" | "exact" | { readonly block: string; readonly names: readonly string[] };

/** The Hessian, or an approximation, times the vector at `engine.vector("direction")`; the address of the product. */
export function hessianProduct(engine: Engine, selected: Selected, curvature: Curvature, regularized = true): number {
  const { rows, targets, first: from, count: n, order, classifier } = selected;
  weigh(engine, n);
  const product = addUp(engine, n, (first, count) => {
    if (curvature === "exact") {
      const plan = engine.compiled("hessian", count, (n) => recordings.recordHessianVector(engine, n));
      runWithTargets(engine, plan, plan.handles, rows, targets, from + first, count, order);
      return;
    }
    const names = curvature === "gaussNewton" ? undefined : curvature.names;
    const kind = curvature === "gaussNewton" ? "gauss-newton" : `gauss-newton of ${curvature.block}`;
    const plan = engine.compiled(kindOf(kind, classifier), count, (n) =>
      recordings.recordGaussNewton(engine, n, names, classifier),
    );
    engine.fill(plan, plan.handles.features, rows, from + first, count, order);
    engine.run(plan, order !== undefined);
  });
  if (regularized) addCurvature(engine, engine.vector("direction"), product);
  return product;
}

/** product += d²R(θ) v. */
export function addCurvature(engine: Engine, direction: number, product: number): void {
  if (engine.terms.length === 0) return;
  engine.run(
    engine.compiled(`curvature ${direction} ${product}`, 0, () => recordCurvature(engine, direction, product)),
  );
}

/** θ becomes the nearest one that the constraints allow. */
export function projectTheta(engine: Engine): void {
  if (engine.projections.length === 0) return;
  const plan = engine.compiled("projection", 0, () => {
    const { record } = engine.recorder();
    recordProjection(engine, record, engine.theta);
    return { record, handles: {} };
  });
  engine.run(plan);
}
