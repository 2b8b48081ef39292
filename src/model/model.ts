/** A network with its parameters, compiled into WebAssembly memory. */
import { OdenetError } from "../core/errors.ts";
import type { Numbers } from "../core/host/memory.ts";
import type { Precision, Tensor } from "../core/recording/tensor.ts";
import { checkWhole, show } from "../layers/shape.ts";
import type { Loss } from "../losses/index.ts";
import type { Network } from "../networks/network.ts";
import type { Regularizer } from "../regularizers/index.ts";
import { chunks } from "./chunks.ts";
import type { Compiled, Engine } from "./engine.ts";
import {
  argmax,
  type Data,
  type Features,
  featureRows,
  type Rows,
  rowsOf,
  type Targets,
  targetRows,
} from "./examples.ts";
import {
  addUp,
  hessianProduct,
  lossWeight,
  objectiveGradient,
  objectiveValue,
  projectTheta,
  regularizersAt,
  runWithTargets,
} from "./objective.ts";
import { checkVector, type ParameterTable } from "./parameters.ts";
import * as recordings from "./recordings.ts";
import { saveModel } from "./saving.ts";

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

/** The features of one ode layer over time: `values[j]` holds n × n_f numbers at `times[j]`, example by example. */
export interface Trajectory {
  /** The layer's index. */
  readonly layer: string;
  readonly times: readonly number[];
  readonly values: Numbers[];
}

export interface Prediction {
  /** Class of each example; absent without a classification loss. */
  readonly classes?: Int32Array;
  /** n × classes, example by example; for the logistic loss P(class 1), n numbers. */
  readonly probabilities?: Numbers;
  readonly scores: Numbers;
}

export interface Evaluation {
  /** The loss over all examples. */
  readonly loss: number;
  /** Loss + regularizers, where the model has some. */
  readonly objective?: number;
  /** Share of examples whose class is right; absent without a classification loss. */
  readonly accuracy?: number;
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
    this.parameters = infosOf(engine.table);
    this.statistics = infosOf(engine.stateTable);
  }

  /** All parameters flat, or one of them, or one of the running statistics; a copy. */
  get(name?: string): Numbers {
    const engine = engineOf(this);
    if (name === undefined) return engine.readVector(engine.theta);
    const { parameter, table, address } = engine.find(name);
    const values = engine.empty(parameter.length);
    table.copy(parameter, values, 0, engine.coreVector(address, table), false);
    return values;
  }

  /** Sets all parameters, or one of them, or one of the running statistics. Throws `length`, `value` (NaN, infinity) or `name`; nothing changes then. */
  set(values: ArrayLike<number>): void;
  set(name: string, values: ArrayLike<number>): void;
  set(first: string | ArrayLike<number>, second?: ArrayLike<number>): void {
    const engine = engineOf(this);
    if (typeof first !== "string") {
      checkVector(first, engine.table.length, "set", this.precision);
      engine.writeVector(engine.theta, first);
      return;
    }
    const { parameter, table, address } = engine.find(first);
    checkVector(second as ArrayLike<number>, parameter.length, `set ${first}`, this.precision, parameter.least);
    table.copy(parameter, second as ArrayLike<number>, 0, engine.coreVector(address, table), true);
  }

  /** n × outputs, example by example. */
  scores(features: Features): Numbers {
    const engine = engineOf(this);
    const rows = featureRows(features, engine.network.input, "scores");
    const scores = engine.empty(rows.count * engine.outputs);
    for (const { first, count } of chunks(engine, rows.count, true)) {
      const plan = engine.compiled("scores", count, (n) => recordings.recordScores(engine, n));
      engine.fill(plan, plan.handles.features, rows, first, count);
      engine.run(plan);
      engine.read(plan, plan.handles.scores, scores, first * engine.outputs);
    }
    return scores;
  }

  /** For each ode layer its features over time, y_0 … y_N. */
  states(features: Features): Trajectory[] {
    const engine = engineOf(this);
    const rows = featureRows(features, engine.network.input, "states");
    let result: Trajectory[] = [];
    for (const { first, count } of chunks(engine, rows.count, true)) {
      const plan = engine.compiled("states", count, (n) => recordings.recordStates(engine, n));
      engine.fill(plan, plan.handles.features, rows, first, count);
      engine.run(plan);
      const { trajectories } = plan.handles;
      if (first === 0) {
        result = trajectories.map(({ name, times, parts }) => ({
          layer: name,
          times,
          values: times.map(() => engine.empty(rows.count * (parts[0] as Tensor).columns)),
        }));
      }
      trajectories.forEach(({ parts, times, name }, t) => {
        const whole = result[t] as Trajectory;
        if (!times.every((time, j) => time === whole.times[j]) || times.length !== whole.times.length) {
          throw new OdenetError(
            "length",
            `states: expected at most ${engine.rowsAtOnce(rows.count, true)} examples for layer ${name}, which chooses its steps for each ${engine.rowsAtOnce(rows.count, true)} anew, got ${rows.count}. Pass fewer at a time.`,
          );
        }
        readTrajectory(engine, plan, parts, whole, first);
      });
    }
    return result;
  }

  /** Classes, probabilities and scores; only scores without a classification loss. */
  predict(features: Features): Prediction {
    const engine = engineOf(this);
    const rows = featureRows(features, engine.network.input, "predict");
    const { outputs } = engine;
    const scores = engine.empty(rows.count * outputs);
    const probabilities = engine.empty(rows.count * outputs);
    for (const { first, count } of chunks(engine, rows.count, true)) {
      const plan = engine.compiled("prediction", count, (n) => recordings.recordPrediction(engine, n));
      engine.fill(plan, plan.handles.features, rows, first, count);
      engine.run(plan);
      engine.read(plan, plan.handles.scores, scores, first * outputs);
      if (plan.handles.probabilities) engine.read(plan, plan.handles.probabilities, probabilities, first * outputs);
    }
    if (!engine.lossKind.probabilities) return { scores };
    const classes = Int32Array.from({ length: rows.count }, (_, i) => classAt(engine, scores, i));
    return { classes, probabilities, scores };
  }

  /** Loss and accuracy over all examples. */
  evaluate(data: Data): Evaluation {
    const { engine, rows, targets } = this.checked(data, "evaluate");
    let loss = 0;
    let right = 0;
    const scores = engine.empty(engine.rowsAtOnce(rows.count, true) * engine.outputs);
    this.weigh(engine, rows.count);
    // Without statistics of the batch, it is the objective's own plan.
    const kind = engine.layers.joins === undefined ? "value" : "evaluation";
    for (const { first, count } of chunks(engine, rows.count, true)) {
      const plan = engine.compiled(kind, count, (n) => recordings.recordEvaluation(engine, n));
      runWithTargets(engine, plan, plan.handles, rows, targets, first, count);
      loss += engine.readScalar(plan, plan.handles.value);
      engine.read(plan, plan.handles.scores, scores, 0);
      for (let i = 0; i < count; i++) if (classAt(engine, scores, i) === targets.classOf(first + i)) right++;
    }
    const objective = engine.terms.length > 0 ? { objective: loss + regularizersAt(engine) } : {};
    return engine.lossKind.probabilities
      ? { loss, ...objective, accuracy: right / rows.count }
      : { loss, ...objective };
  }

  /** The objective: loss + regularizers. */
  value(data: Data): number {
    const { engine, rows, targets } = this.checked(data, "value");
    return objectiveValue(engine, { rows, targets, first: 0, count: rows.count });
  }

  /** The objective and its gradient, flat like θ. */
  gradient(data: Data): { value: number; gradient: Numbers } {
    const { engine, rows, targets } = this.checked(data, "gradient");
    const { value, gradient } = objectiveGradient(engine, { rows, targets, first: 0, count: rows.count });
    return { value, gradient: engine.readVector(gradient) };
  }

  /** d objective / d features: n × n_f, example by example. */
  inputGradient(data: Data): Numbers {
    const { engine, rows, targets } = this.checked(data, "inputGradient");
    const gradient = engine.empty(rows.count * engine.features);
    this.weigh(engine, rows.count);
    for (const { first, count } of chunks(engine, rows.count)) {
      const plan = engine.compiled("input gradient", count, (n) => recordings.recordInputGradient(engine, n));
      runWithTargets(engine, plan, plan.handles, rows, targets, first, count);
      engine.read(plan, plan.handles.gradient, gradient, first * engine.features);
    }
    return gradient;
  }

  /** d scores / d θ · v, n × outputs: the sensitivity equation. `v` is flat like θ. */
  jacobianVector(features: Features, v: ArrayLike<number>): Numbers {
    const engine = engineOf(this);
    const rows = featureRows(features, engine.network.input, "jacobianVector");
    this.direct(engine, v, "jacobianVector");
    const product = engine.empty(rows.count * engine.outputs);
    for (const { first, count } of chunks(engine, rows.count, true)) {
      const plan = engine.compiled("jvp", count, (n) => recordings.recordJacobianVector(engine, n));
      engine.fill(plan, plan.handles.features, rows, first, count);
      engine.run(plan);
      engine.read(plan, plan.handles.product, product, first * engine.outputs);
    }
    return product;
  }

  /** (d scores / d θ)ᵀ u, flat like θ: back-propagation. `u` is n × outputs. */
  vectorJacobian(features: Features, u: ArrayLike<number>): Numbers {
    const engine = engineOf(this);
    const rows = featureRows(features, engine.network.input, "vectorJacobian");
    const cotangent = rowsOf(u, engine.outputs, "vectorJacobian", "u");
    if (cotangent.count !== rows.count) {
      throw new OdenetError(
        "length",
        `vectorJacobian: expected u as ${rows.count} rows of ${engine.outputs} numbers, got ${cotangent.count} rows.`,
      );
    }
    const address = addUp(
      engine,
      rows.count,
      (first, count) => {
        const plan = engine.compiled("vjp", count, (n) => recordings.recordVectorJacobian(engine, n));
        engine.fill(plan, plan.handles.features, rows, first, count);
        engine.fill(plan, plan.handles.u, cotangent, first, count);
        engine.run(plan);
      },
      true,
    );
    return engine.readVector(address);
  }

  /** Jᵀ (d² loss / dS²) J v + the regularizers' Hessian · v, flat like θ: the Gauss–Newton product. */
  gaussNewton(data: Data, v: ArrayLike<number>): Numbers {
    const { engine, rows, targets } = this.checked(data, "gaussNewton");
    this.direct(engine, v, "gaussNewton");
    const selected = { rows, targets, first: 0, count: rows.count };
    return engine.readVector(hessianProduct(engine, selected, "gaussNewton"));
  }

  /** The exact Hessian of the objective times v, flat like θ. */
  hessianVector(data: Data, v: ArrayLike<number>): Numbers {
    const { engine, rows, targets } = this.checked(data, "hessianVector");
    this.direct(engine, v, "hessianVector");
    return engine.readVector(hessianProduct(engine, { rows, targets, first: 0, count: rows.count }, "exact"));
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
    const engine = engineOf(this);
    const rows = featureRows(features, engine.network.input, "reversibilityError");
    const sums: { difference: number; size: number }[] = [];
    for (const { first, count } of chunks(engine, rows.count, true)) {
      const build = (n: number) => recordings.recordReversal(engine, n);
      const plan = engine.compiled("reversal", count, build, { alone: true });
      if (plan.handles.pairs.length === 0) {
        throw new OdenetError(
          "option",
          "reversibilityError: expected an ode layer with a reversible integrator (verlet, leapfrog), got none. Use one, or { checkpoint } to save memory.",
        );
      }
      engine.fill(plan, plan.handles.features, rows, first, count);
      engine.run(plan);
      plan.handles.pairs.forEach(({ given, recovered }, k) => {
        sums[k] ??= { difference: 0, size: 0 };
        addDistance(engine.numbersOf(plan, given), engine.numbersOf(plan, recovered), sums[k]);
      });
    }
    return Math.max(...sums.map(({ difference, size }) => (difference === 0 ? 0 : Math.sqrt(difference / size))));
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
    return engine.compiled("gradient", rows, (n) => recordings.recordGradient(engine, n)).plan.describe();
  }

  /** Frees the memory. Calling it again does nothing; any other use afterwards throws `disposed`. */
  dispose(): void {
    engines.get(this)?.dispose();
  }

  private checked(data: Data, where: string): { engine: Engine; rows: Rows; targets: Targets } {
    const engine = engineOf(this);
    return { engine, ...checkData(engine, data, where) };
  }

  private weigh(engine: Engine, examples: number): void {
    engine.setScalar(engine.weight, lossWeight(engine.loss, examples));
  }

  private direct(engine: Engine, v: ArrayLike<number>, where: string): void {
    checkVector(v, engine.table.length, where, this.precision);
    engine.writeVector(engine.vector("direction"), v);
  }
}

/** Features and targets of `data`, checked against the network and the loss. */
export function checkData(engine: Engine, data: Data, where: string): { rows: Rows; targets: Targets } {
  if (typeof data !== "object" || data === null || !("features" in data) || !("labels" in data)) {
    throw new OdenetError("option", `${where}: expected data as { features, labels }, got ${show(data)}.`);
  }
  const rows = featureRows(data.features, engine.network.input, where, data.scale);
  const given = { count: rows.count, input: engine.network.input };
  return { rows, targets: targetRows(data.labels, given, engine.outputs, engine.lossKind, where) };
}

/** Adds ‖b − a‖² and ‖a‖². */
function addDistance(a: Numbers, b: Numbers, sums: { difference: number; size: number }): void {
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number;
    const d = (b[i] as number) - x;
    sums.difference += d * d;
    sums.size += x * x;
  }
}

function classAt(engine: Engine, scores: Numbers, i: number): number {
  const { outputs } = engine;
  if (engine.lossKind.labels === "binary") return (scores[i] as number) > 0 ? 1 : 0;
  return argmax((k) => scores[i * outputs + k] as number, outputs);
}

function readTrajectory(
  engine: Engine,
  plan: Compiled<unknown>,
  parts: readonly Tensor[],
  { values }: Trajectory,
  first: number,
): void {
  let time = 0;
  for (const part of parts) {
    const size = plan.rows * part.columns;
    const all = engine.empty(part.count * size);
    engine.read(plan, part, all, 0);
    for (let j = 0; j < part.count; j++)
      values[time++]?.set(all.subarray(j * size, (j + 1) * size), first * part.columns);
  }
}
