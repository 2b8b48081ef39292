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
import { fitSteps } from "./adaptiveSteps.ts";
import type { Rows } from "./examples.ts";
import { ParameterTable } from "./parameters.ts";

/** A recording and the tensors of it that the host writes and reads. */
export interface Recording<T> {
  readonly record: Recorder;
  readonly handles: T;
}

/** A compiled recording in memory. */
export interface Compiled<T> {
  plan: Plan;
  address: number;
  handles: T;
  inputs: readonly Tensor[];
  /** The times of the layers that choose their own steps; where a batch needs others, it is compiled again. */
  grids: Grids;
  readonly key: string;
  build(): Recording<T>;
}

/** Times by layer name, in the order of recording. */
export type Grids = ReadonlyMap<string, readonly number[]>;

/** Compiled plans kept at a time. */
const PLANS = 32;
/** Bytes for scalars: the loss weight first, the optimizer's from 64 on. */
const SCALARS = 256;
const OPTIMIZER_SCALARS = 64;

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
  private readonly memory = new Memory();
  private readonly constants = new Map<string, { address: number; columns: number }>();
  private readonly plans = new Map<string, Compiled<unknown>>();
  /** The steps last chosen, and those that each recording was made with. */
  private chosen: Grids = new Map();
  private readonly used = new WeakMap<Recorder, Map<string, readonly number[]>>();
  private readonly vectors = new Map<string, number>();
  private privateBase = 0;
  private privateBytes = 0;
  private disposed = false;

  constructor(
    readonly network: Network,
    readonly loss: Loss,
    readonly precision: Precision,
    private readonly fused = true,
  ) {
    this.layers = layOutNetwork(network);
    this.table = new ParameterTable(this.layers.parameters, precision);
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
  }

  private get numberBytes(): number {
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
  recorder(watch: Pick<LayerContext, "trajectory" | "reversal" | "grid"> = {}): {
    record: Recorder;
    context: LayerContext;
  } {
    const record = new Recorder(this.precision);
    const used = new Map<string, readonly number[]>();
    this.used.set(record, used);
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
      grid: ({ name, finalTime }) => {
        const times = this.chosen.get(name) ?? [0, finalTime];
        used.set(name, times);
        return times;
      },
      ...watch,
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
  compiled<T>(kind: string, rows: number, build: () => Recording<T>): Compiled<T> {
    this.checkAlive();
    const key = `${kind} ${rows}`;
    let found = this.plans.get(key) as Compiled<T> | undefined;
    if (found) {
      this.plans.delete(key);
    } else {
      const made = this.make(build);
      if (this.plans.size >= PLANS) this.drop(this.plans.keys().next().value as string);
      found = { ...made, address: this.memory.load(made.plan), key, build };
    }
    this.plans.set(key, found);
    return found;
  }

  private make<T>(build: () => Recording<T>) {
    const { record, handles } = build();
    const plan = compile(record, copy, this.fused ? fusions : []);
    this.reserve(plan.privateBytes);
    return { plan, handles, inputs: record.inputs, grids: (this.used.get(record) ?? new Map()) as Grids };
  }

  /** Compiles a plan again, for the steps that its batch needs. */
  adapt(compiled: Compiled<unknown>, grids: Grids): void {
    this.chosen = new Map([...this.chosen, ...grids]);
    this.memory.free(compiled.address);
    Object.assign(
      compiled,
      this.make(() => compiled.build()),
    );
    compiled.address = this.memory.load(compiled.plan);
    this.keepAlive(compiled);
  }

  /** Makes a plan the most recently used one. */
  keepAlive(compiled: Compiled<unknown>): void {
    this.plans.delete(compiled.key);
    this.plans.set(compiled.key, compiled);
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
    try {
      this.privateBase = this.memory.allocate(bytes, "features");
    } catch (error) {
      // The plans in memory have no block to run in now: they are made again, with one, when next asked for.
      for (const key of [...this.plans.keys()]) this.drop(key);
      throw error;
    }
    this.privateBytes = bytes;
  }

  /** Runs a plan. Throws `convergence` where an implicit step has no solution, unless the caller looks for NaN itself. */
  run(compiled: Compiled<unknown>, { tolerant = false } = {}): void {
    if (compiled.grids.size > 0) fitSteps(this, compiled, tolerant);
    const unsolved = this.memory.run(compiled.address, compiled.plan.count, this.privateBase);
    if (unsolved !== 0 && !tolerant) {
      throw new OdenetError(
        "convergence",
        `implicitMidpoint: expected Newton's method to solve every time step, got no solution in step ${unsolved} (all layers' implicit steps counted). Take more steps (a smaller h), or a smooth activation.`,
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

  /** An input's or kept tensor's numbers with their padding, as a view that the next allocation may invalidate. */
  numbersOf(c: Compiled<unknown>, tensor: Tensor): Numbers {
    const { rows, columns, count } = tensor;
    const length = count * rows * paddedColumns(columns, this.precision);
    return this.memory.view(this.precision, this.privateBase + c.plan.offset(tensor), length);
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
