/** A network with its parameters, compiled into WebAssembly memory. */
import { OdenetError } from "../core/errors.ts";
import type { Numbers } from "../core/host/memory.ts";
import type { Precision } from "../core/recording/tensor.ts";
import { checkWhole, show } from "../layers/shape.ts";
import type { Loss } from "../losses/index.ts";
import type { Network } from "../networks/network.ts";
import type { Regularizer } from "../regularizers/index.ts";
import type { Encoder } from "../tables/index.ts";
import type { Engine } from "./engine.ts";
import type { Data, Features } from "./examples.ts";
import { describeGradient, objectiveGradient, objectiveValue, projectTheta } from "./objective.ts";
import { checkVector, type ParameterTable } from "./parameters.ts";
import { type Evaluation, evaluationOf, type Prediction, predictionOf, scoresOf } from "./predictions.ts";
import { hessianVectorOf, inputGradientOf, jacobianVectorOf, vectorJacobianOf } from "./products.ts";
import { type Report, reportOf } from "./report.ts";
import { saveModel } from "./saving.ts";
import { selectAll } from "./selection.ts";
import { reversibilityErrorOf, type Trajectory, trajectoriesOf } from "./trajectories.ts";

export type { Evaluation, Prediction } from "./predictions.ts";
export type { Report } from "./report.ts";
export type { Trajectory } from "./trajectories.ts";

/** One parameter: its name `<layer>.<letter>` and its shape at the API, row-major. */
export interface ParameterInfo {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Bytes by purpose. `total` counts everything the model has allocated. */
export interface MemoryUse {
  readonly parameters: number;
  readonly gradient: number;
  readonly optimizer: number;
  readonly features: number;
  readonly total: number;
}

const engines = new WeakMap<Model, Engine>();

function infosOf({ parameters }: ParameterTable): readonly ParameterInfo[] {
  return Object.freeze(parameters.map(({ name, shape }) => Object.freeze({ name, shape: Object.freeze([...shape]) })));
}

/** The engine of a live model, for training and for what looks into it. */
export function engineOf(model: Model, where = "train"): Engine {
  const engine = engines.get(model);
  if (!engine) throw new OdenetError("value", `${where}: expected a model from createModel, got ${show(model)}.`);
  engine.checkAlive();
  return engine;
}

export class Model {
  readonly network: Network;
  readonly loss: Loss;
  /** With names of parameters instead of patterns. */
  readonly regularizers: readonly Regularizer[];
  readonly precision: Precision;
  /** How a table becomes its features and labels; saved with the model. */
  readonly encoder: Encoder | undefined;
  /** In the order of θ. */
  readonly parameters: readonly ParameterInfo[];
  /** Running statistics: no part of θ, read and set by name, saved with the model. */
  readonly statistics: readonly ParameterInfo[];

  /** @internal Use `createModel`. */
  constructor(engine: Engine) {
    engines.set(this, engine);
    this.network = engine.network;
    this.loss = engine.loss;
    this.regularizers = engine.regularizers;
    this.precision = engine.precision;
    this.encoder = engine.encoder;
    this.parameters = infosOf(engine.vectors.table);
    this.statistics = infosOf(engine.vectors.stateTable);
  }

  /** All parameters flat, or one of them, or one of the running statistics; a copy. */
  get(name?: string): Numbers {
    const engine = engineOf(this);
    if (name === undefined) return engine.vectors.read(engine.vectors.theta);
    const { parameter, table, address } = engine.vectors.find(name);
    const values = engine.vectors.empty(parameter.length);
    table.copy(parameter, values, 0, engine.vectors.core(address, table), false);
    return values;
  }

  /** Sets all parameters, or one of them, or one of the running statistics. Throws `length`, `value` (NaN, infinity) or `name`; nothing changes then. */
  set(values: ArrayLike<number>): void;
  set(name: string, values: ArrayLike<number>): void;
  set(first: string | ArrayLike<number>, second?: ArrayLike<number>): void {
    const engine = engineOf(this);
    if (typeof first !== "string") {
      checkVector(first, engine.vectors.table.length, "set", this.precision);
      engine.vectors.write(engine.vectors.theta, first);
      return;
    }
    const { parameter, table, address } = engine.vectors.find(first);
    checkVector(second as ArrayLike<number>, parameter.length, `set ${first}`, this.precision, parameter.least);
    table.copy(parameter, second as ArrayLike<number>, 0, engine.vectors.core(address, table), true);
  }

  /** n × outputs, example by example. */
  scores(features: Features): Numbers {
    return scoresOf(engineOf(this), features);
  }

  /** For each ode layer its features over time, y_0 … y_N. */
  states(features: Features): Trajectory[] {
    return trajectoriesOf(engineOf(this), features);
  }

  /** Classes, probabilities and scores; without a classification loss scores, and `values` with the encoder of a regression. */
  predict(features: Features): Prediction {
    return predictionOf(engineOf(this), features);
  }

  /** Loss and accuracy over all examples. */
  evaluate(data: Data): Evaluation {
    return evaluationOf(engineOf(this), data);
  }

  /**
   * What is reported of predictions. Classes: accuracy, balanced accuracy, confusion, precision, recall, F1, log loss and, for two,
   * the area under the curve; numbers: rmse, mae and R² of each output and over all, in the target's units where the model has an encoder.
   */
  report(data: Data): Report {
    return reportOf(engineOf(this), data);
  }

  /** The objective: loss + regularizers. */
  value(data: Data): number {
    const engine = engineOf(this);
    return objectiveValue(engine, selectAll(engine, data, "value"));
  }

  /** The objective and its gradient, flat like θ. */
  gradient(data: Data): { value: number; gradient: Numbers } {
    const engine = engineOf(this);
    const { value, gradient } = objectiveGradient(engine, selectAll(engine, data, "gradient"));
    return { value, gradient: engine.vectors.read(gradient) };
  }

  /** d objective / d features: n × n_f, example by example. */
  inputGradient(data: Data): Numbers {
    return inputGradientOf(engineOf(this), data);
  }

  /** d scores / d θ · v, n × outputs: the sensitivity equation. `v` is flat like θ. */
  jacobianVector(features: Features, v: ArrayLike<number>): Numbers {
    return jacobianVectorOf(engineOf(this), features, v);
  }

  /** (d scores / d θ)ᵀ u, flat like θ: back-propagation. `u` is n × outputs. */
  vectorJacobian(features: Features, u: ArrayLike<number>): Numbers {
    return vectorJacobianOf(engineOf(this), features, u);
  }

  /** Jᵀ (d² loss / dS²) J v + the regularizers' Hessian · v, flat like θ: the Gauss–Newton product. */
  gaussNewton(data: Data, v: ArrayLike<number>): Numbers {
    return hessianVectorOf(engineOf(this), data, v, "gaussNewton");
  }

  /** The exact Hessian of the objective times v, flat like θ. */
  hessianVector(data: Data, v: ArrayLike<number>): Numbers {
    return hessianVectorOf(engineOf(this), data, v, "exact");
  }

  /** θ becomes the nearest one that the constraints among the regularizers allow: K ← K − P₊ for `stabilityProjection`. */
  project(): void {
    projectTheta(engineOf(this));
  }

  /**
   * ‖ŷ_0 − y_0‖ / ‖y_0‖ over all examples, ŷ_0 the features at t = 0 computed back from the state at T; the largest over the
   * layers with a reversible integrator. It tells how far the features of `reversible: true` drift. Throws `option` where
   * no layer is reversible.
   */
  reversibilityError(features: Features): number {
    return reversibilityErrorOf(engineOf(this), features);
  }

  /**
   * The model as a safetensors file: parameters by name, and in its metadata network, loss, precision and class names.
   * `modelFromBytes` makes the same model again.
   */
  toBytes(): Uint8Array<ArrayBuffer> {
    return saveModel(engineOf(this));
  }

  /** Bytes in use. */
  get memory(): MemoryUse {
    return engineOf(this).bytes;
  }

  /** The training recording for a batch size as a readable listing. */
  describe(rows = 1): string {
    const engine = engineOf(this);
    checkWhole(rows, "describe", "rows");
    return describeGradient(engine, rows);
  }

  /** Frees the memory. Calling it again does nothing; any other use afterwards throws `disposed`. */
  dispose(): void {
    engines.get(this)?.dispose();
  }
}
