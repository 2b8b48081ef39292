/** Derivatives of scores and objective times a vector, and the gradient in the features. */
import { OdenetError } from "../core/errors.ts";
import type { Numbers } from "../core/host/memory.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import { inChunks, isCounted, lossWeight, runOn } from "./chunks.ts";
import type { Compiled } from "./compiled.ts";
import type { Engine } from "./engine.ts";
import { type Data, type Features, rowsOf } from "./examples.ts";
import { addUp, hessianProduct } from "./objective.ts";
import { recordInputGradient, recordJacobianVector, recordVectorJacobian } from "./productRecordings.ts";
import { recipe } from "./recipe.ts";
import { direct, selectAll, selectFeatures } from "./selection.ts";

const inputGradient = recipe((engine, rows, counted: boolean) => recordInputGradient(engine, rows, counted));

/** d objective / d features: n × n_f, example by example. */
export function inputGradientOf(engine: Engine, data: Data): Numbers {
  const selected = selectAll(engine, data, "inputGradient");
  const gradient = engine.vectors.empty(selected.count * engine.features);
  const read = (plan: Compiled<{ gradient: Tensor }>, first: number) =>
    plan.read(plan.handles.gradient, gradient, first * engine.features);
  inChunks(engine, inputGradient, selected, false, read, isCounted(selected));
  return gradient;
}

const jacobianVector = recipe((engine, rows) => recordJacobianVector(engine, rows));

/** d scores / d θ · v, n × outputs. */
export function jacobianVectorOf(engine: Engine, features: Features, v: ArrayLike<number>): Numbers {
  const batch = selectFeatures(engine, features, "jacobianVector");
  direct(engine, v, "jacobianVector");
  const product = engine.vectors.empty(batch.count * engine.outputs);
  inChunks(engine, jacobianVector, batch, true, (plan, first) => {
    plan.read(plan.handles.product, product, first * engine.outputs);
  });
  return product;
}

const vectorJacobian = recipe((engine, rows) => recordVectorJacobian(engine, rows));

/** (d scores / d θ)ᵀ u, flat like θ. */
export function vectorJacobianOf(engine: Engine, features: Features, u: ArrayLike<number>): Numbers {
  const selected = selectFeatures(engine, features, "vectorJacobian");
  const cotangent = rowsOf(u, engine.outputs, "vectorJacobian", "u");
  if (cotangent.count !== selected.count) {
    throw new OdenetError(
      "length",
      `vectorJacobian: expected u as ${selected.count} rows of ${engine.outputs} numbers, got ${cotangent.count} rows.`,
    );
  }
  const batch = { ...selected, targets: { rows: cotangent } };
  const weight = lossWeight(engine.loss, batch.count);
  const sum = addUp(
    engine,
    batch.count,
    (first, count) => runOn(engine, engine.plans.of(vectorJacobian, count), batch, first, count, weight),
    true,
  );
  return engine.vectors.read(sum);
}

/** The Hessian of the objective, or its Gauss–Newton matrix, times v, flat like θ. */
export function hessianVectorOf(
  engine: Engine,
  data: Data,
  v: ArrayLike<number>,
  curvature: "gaussNewton" | "exact",
): Numbers {
  const where = curvature === "exact" ? "hessianVector" : "gaussNewton";
  const selected = selectAll(engine, data, where);
  direct(engine, v, where);
  return engine.vectors.read(hessianProduct(engine, selected, curvature));
}
