/**
 * A network laid out in one instance's memory: θ, its gradient and constants in the shared block, plans compiled once for
 * each kind and batch size and kept up to a bound, one private block that all plans use in turn.
 */
import { OdenetError } from "../core/errors.ts";
import { Memory, type Numbers } from "../core/memory.ts";
import { compile, type Plan } from "../core/plan.ts";
import { Recorder } from "../core/recorder.ts";
import { numberBytes, type Precision, paddedColumns, type Tensor } from "../core/tensor.ts";
import type { LayerPlan } from "../layers/layer.ts";
import type { LayerContext } from "../layers/parameters.ts";
import { featureCount } from "../layers/shape.ts";
import type { Loss } from "../losses/index.ts";
import { lossKinds } from "../losses/index.ts";
import type { LossKind } from "../losses/loss.ts";
import { layOutNetwork, type Network } from "../networks/network.ts";
import { copy } from "../operations/fill.ts";
import { fusions } from "../operations/fusions.ts";
import { layOutRegularizers, named, type Regularizer, type Term } from "../regularizers/index.ts";
import type { Rows } from "./examples.ts";
import { ParameterTable } from "./parameters.ts";

/** A compiled recording in memory, with the tensors that the host writes and reads. */
export interface Compiled<T> {
  readonly plan: Plan;
  readonly address: number;
  readonly handles: T;
}

/** A regularizer's kernel call with the address of its constants. */
export interface PlacedTerm extends Term {
  readonly constants: number;
}

/** Compiled plans kept at a time. */
const PLANS = 32;
/** Bytes for scalars: the loss weight first, the optimizer's from 64 on. */
const SCALARS = 256;
const OPTIMIZER_SCALARS = 64;
/** Result of an inner product, behind the loss weight. */
const DOT = 8;

export class Engine {
  readonly layers: LayerPlan;
  readonly table: ParameterTable;
  readonly features: number;
  readonly outputs: number;
  readonly lossKind: LossKind;
  readonly theta: number;
  readonly gradient: number;
  /** Addresses of f64 scalars: the loss weight, and the optimizer's block. */
  readonly weight: number;
  readonly optimizerScalars: number;
  /** Bytes held for optimizer states at the moment. */
  optimizerBytes = 0;
  /** As given, with names instead of patterns. */
  readonly regularizers: readonly Regularizer[];
  /** Regularizers as kernel calls, with the addresses of their constants; what the constraints project by. */
  readonly terms: readonly PlacedTerm[];
  readonly projections: readonly PlacedTerm[];
  private readonly memory = new Memory();
  private readonly constants = new Map<string, { address: number; columns: number }>();
  private readonly plans = new Map<string, Compiled<unknown>>();
  private readonly vectors = new Map<string, number>();
  private privateBase = 0;
  private privateBytes = 0;
  private disposed = false;

  constructor(
    readonly network: Network,
    readonly loss: Loss,
    readonly precision: Precision,
    private readonly fused = true,
    regularizers: readonly Regularizer[] = [],
  ) {
    this.layers = layOutNetwork(network);
    this.table = new ParameterTable(this.layers.parameters, precision);
    this.regularizers = Object.freeze(regularizers.map((r) => named(r, this.table)));
    const { terms, projections } = layOutRegularizers(regularizers, this.table);
    this.features = featureCount(network.input);
    this.outputs = featureCount(this.layers.output);
    this.lossKind = lossKinds[loss.kind];
    if (this.lossKind.labels === "binary" && this.outputs !== 1) {
      throw new OdenetError(
        "shape",
        `createModel: expected one score for the logistic loss, got ${this.outputs}. End the network with linear(1), or use softmaxCrossEntropy().`,
      );
    }
    this.weight = this.memory.allocate(SCALARS, "scalars");
    this.optimizerScalars = this.weight + OPTIMIZER_SCALARS;
    this.theta = this.memory.allocate(this.thetaBytes, "parameters");
    this.gradient = this.memory.allocate(this.thetaBytes, "gradient");
    for (const { name, values } of this.layers.constants ?? []) {
      const columns = values.length;
      const address = this.memory.allocate(paddedColumns(columns, precision) * this.numberBytes, name);
      this.constants.set(name, { address, columns });
      this.memory.view(precision, address, columns).set(values);
    }
    this.terms = terms.map((term) => this.placed(term));
    this.projections = projections.map((term) => this.placed(term));
  }

  private placed(term: Term): PlacedTerm {
    const { extra } = term;
    if (!extra) return { ...term, constants: 0 };
    const constants = this.memory.allocate(extra.length * this.numberBytes, "regularizer");
    this.memory.view(this.precision, constants, extra.length).set(extra);
    return { ...term, constants };
  }

  get numberBytes(): number {
    return numberBytes(this.precision);
  }

  private get thetaBytes(): number {
    return Math.max(16, this.table.coreLength * this.numberBytes);
  }

  // --- vectors as long as θ, in the core's order --------------------------------------------------------------------

  /** The address of a named vector, zero when first asked for. */
  vector(name: string): number {
    let address = this.vectors.get(name);
    if (address === undefined) {
      address = this.memory.allocate(this.thetaBytes, name);
      this.vectors.set(name, address);
    }
    return address;
  }

  /** Vectors for an optimizer's state, zero at first; give them back with `freeStates`. */
  allocateStates(count: number): number[] {
    const states = Array.from({ length: count }, () => this.memory.allocate(this.thetaBytes, "optimizer state"));
    this.optimizerBytes += count * this.thetaBytes;
    return states;
  }

  freeStates(states: readonly number[]): void {
    if (this.disposed) return;
    for (const s of states) this.memory.free(s);
    this.optimizerBytes -= states.length * this.thetaBytes;
  }

  /** xᵀ y of n numbers in the core's order. */
  dot(x: number, y: number, n = this.table.coreLength): number {
    return this.memory.dot(this.precision, this.weight + DOT, x, y, n);
  }

  /** y <- y + a x. */
  axpy(y: number, a: number, x: number, n = this.table.coreLength): void {
    this.memory.axpy(this.precision, y, a, x, n);
  }

  /** y <- a y. */
  scale(y: number, a: number, n = this.table.coreLength): void {
    this.memory.scale(this.precision, y, a, n);
  }

  /** to <- from. */
  copyVector(to: number, from: number, n = this.table.coreLength): void {
    this.memory.copy(to, from, n * this.numberBytes);
  }

  /** x <- 0. */
  clearVector(x: number, n = this.table.coreLength): void {
    this.memory.view(this.precision, x, n).fill(0);
  }

  /** θ-long numbers at an address, as a view that the next allocation may invalidate. */
  coreVector(address: number): Numbers {
    return this.memory.view(this.precision, address, this.table.coreLength);
  }

  /** Copies a core-order vector out, in the API's order. */
  readVector(address: number): Numbers {
    const values = this.empty(this.table.length);
    const core = this.coreVector(address);
    for (const p of this.table.parameters) this.table.copy(p, values, p.start, core, false);
    return values;
  }

  /** Copies numbers in the API's order into a core-order vector. */
  writeVector(address: number, values: ArrayLike<number>): void {
    const core = this.coreVector(address);
    for (const p of this.table.parameters) this.table.copy(p, values, p.start, core, true);
  }

  /** An array of this precision. */
  empty(length: number): Numbers {
    return this.precision === "f32" ? new Float32Array(length) : new Float64Array(length);
  }

  // --- recording ----------------------------------------------------------------------------------------------------

  /** A fresh recording and the context that layers record with. */
  recorder(trajectory?: LayerContext["trajectory"]): { record: Recorder; context: LayerContext } {
    const record = new Recorder(this.precision);
    const known = new Map<string, Tensor>();
    const once = (key: string, make: () => Tensor): Tensor => {
      const tensor = known.get(key) ?? make();
      known.set(key, tensor);
      return tensor;
    };
    const context: LayerContext = {
      record,
      parameter: (name) => once(name, () => this.parameterTensor(record, name, this.theta)),
      constant: (name) =>
        once(`constant ${name}`, () => {
          const c = this.constants.get(name);
          if (!c) throw new Error(`constant ${name} is unknown`);
          return record.shared(name, { rows: 1, columns: c.columns }, c.address);
        }),
      ...(trajectory ? { trajectory } : {}),
    };
    return { record, context };
  }

  /** The tensor of a parameter in any θ-long vector. */
  parameterTensor(record: Recorder, name: string, vector: number, prefix = ""): Tensor {
    const { offset, count, rows, columns } = this.table.find(name);
    return record.shared(prefix + name, { rows, columns, count }, vector + offset * this.numberBytes);
  }

  /** A whole θ-long vector as one tensor. */
  vectorTensor(record: Recorder, name: string, address: number): Tensor {
    return record.shared(name, { rows: 1, columns: this.table.coreLength }, address);
  }

  /** One f64 of the shared block. */
  scalarTensor(record: Recorder, name: string, address: number): Tensor {
    return record.shared(name, { rows: 1, columns: 1, scalar: true }, address);
  }

  // --- plans --------------------------------------------------------------------------------------------------------

  /** The plan of a kind for a batch size, made when first asked for; the least recently used is dropped. */
  compiled<T>(kind: string, rows: number, build: () => { record: Recorder; handles: T }): Compiled<T> {
    this.checkAlive();
    const key = `${kind} ${rows}`;
    let found = this.plans.get(key) as Compiled<T> | undefined;
    if (found) {
      this.plans.delete(key);
    } else {
      const { record, handles } = build();
      const plan = compile(record, copy, this.fused ? fusions : []);
      this.reserve(plan.privateBytes);
      if (this.plans.size >= PLANS) this.drop(this.plans.keys().next().value as string);
      found = { plan, address: this.memory.load(plan), handles };
    }
    this.plans.set(key, found);
    return found;
  }

  private drop(key: string): void {
    const old = this.plans.get(key);
    if (old) this.memory.free(old.address);
    this.plans.delete(key);
  }

  /** Forgets the plans whose kind starts with `prefix`, and gives back the features that only they needed. */
  forget(prefix: string): void {
    if (this.disposed) return;
    for (const key of [...this.plans.keys()]) if (key.startsWith(prefix)) this.drop(key);
    this.resize(Math.max(0, ...[...this.plans.values()].map(({ plan }) => plan.privateBytes)));
  }

  /** Makes the private block at least this large. */
  private reserve(bytes: number): void {
    if (bytes > this.privateBytes) this.resize(bytes);
  }

  /** Gives the private block this size; what is in it never outlives a run. */
  private resize(bytes: number): void {
    if (bytes === this.privateBytes) return;
    if (this.privateBase !== 0) this.memory.free(this.privateBase);
    this.privateBase = 0;
    this.privateBytes = 0;
    if (bytes === 0) return;
    this.privateBase = this.memory.allocate(bytes, "features");
    this.privateBytes = bytes;
  }

  /** Runs a plan. Throws `convergence` where an implicit step has no solution, unless the caller looks for NaN itself. */
  run(compiled: Compiled<unknown>, { tolerant = false } = {}): void {
    const unsolved = this.memory.run(compiled.address, compiled.plan.count, this.privateBase);
    if (unsolved !== 0 && !tolerant) {
      throw new OdenetError(
        "convergence",
        `implicitMidpoint: expected Newton's method to solve every time step, got no solution in step ${unsolved}. Take more steps (a smaller h), or a smooth activation.`,
      );
    }
  }

  /** Writes rows into an input tensor of a plan. */
  fill(c: Compiled<unknown>, input: Tensor, rows: Rows, first: number, count: number, order?: ArrayLike<number>): void {
    const at = (this.privateBase + c.plan.offset(input)) / this.numberBytes;
    rows.write(
      this.memory.numbers(this.precision),
      at,
      paddedColumns(input.columns, this.precision),
      first,
      count,
      order,
    );
  }

  /** Copies a kept tensor out, without padding, `count · rows · columns` numbers to `target[at …]`. */
  read(c: Compiled<unknown>, tensor: Tensor, target: Numbers, at: number): void {
    const { precision } = this;
    const numbers = this.memory.numbers(precision);
    const stride = paddedColumns(tensor.columns, precision);
    let from = (this.privateBase + c.plan.offset(tensor)) / this.numberBytes;
    let to = at;
    for (let r = 0; r < tensor.rows * tensor.count; r++, from += stride, to += tensor.columns) {
      for (let k = 0; k < tensor.columns; k++) target[to + k] = numbers[from + k] as number;
    }
  }

  /** A kept scalar. */
  readScalar(c: Compiled<unknown>, tensor: Tensor): number {
    return this.memory.scalar(this.privateBase + c.plan.offset(tensor));
  }

  setScalars(address: number, values: readonly number[]): void {
    this.memory.setScalars(address, values);
  }

  // --- life ---------------------------------------------------------------------------------------------------------

  get bytes(): { parameters: number; gradient: number; optimizer: number; features: number; total: number } {
    const { thetaBytes } = this;
    return {
      parameters: thetaBytes,
      gradient: thetaBytes,
      optimizer: this.optimizerBytes,
      features: this.privateBytes,
      total: this.memory.used,
    };
  }

  checkAlive(): void {
    if (this.disposed) {
      throw new OdenetError(
        "disposed",
        "model: expected a live model, got one after dispose(). Create it again with createModel.",
      );
    }
  }

  dispose(): void {
    this.disposed = true;
    this.plans.clear();
    this.vectors.clear();
    this.constants.clear();
    // The instance and its memory go with this object's last reference.
    Object.assign(this, { memory: undefined });
  }
}
