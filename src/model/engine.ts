/**
 * A network laid out in one instance's memory: θ, its gradient and constants in the shared block, plans compiled once for
 * each kind and batch size and kept up to a bound, one private block that all plans use in turn.
 */

import { flopsOf } from "../core/cost.ts";
import { OdenetError } from "../core/errors.ts";
import type { Fusion } from "../core/fuse.ts";
import { Memory, type Numbers, type TeamRun } from "../core/memory.ts";
import { compile, type Plan } from "../core/plan.ts";
import { Recorder } from "../core/recorder.ts";
import { divide } from "../core/shards.ts";
import { MOST_SLOTS, type Team } from "../core/team.ts";
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
import type { Rows } from "./examples.ts";
import { ParameterTable } from "./parameters.ts";

/** A compiled recording in memory, with the tensors that the host writes and reads. */
export interface Compiled<T> {
  /** Of the first part, which is all of it unless threads share the batch. */
  readonly plan: Plan;
  readonly rows: number;
  readonly handles: T;
  readonly parts: readonly Part[];
  readonly team: TeamRun | undefined;
  readonly privateBytes: number;
  /** What it holds of the memory beside. */
  readonly addresses: readonly number[];
  /** Set when the plan had to make room for others: who holds it asks for it again. */
  dropped: boolean;
}

/** The rows of a batch that one thread computes. */
export interface Part {
  readonly first: number;
  readonly rows: number;
  readonly plan: Plan;
  /** Where its block starts in the private block. */
  readonly base: number;
}

/** Records a plan for so many rows, in the same way for every number of them. */
type Build<T> = (rows: number) => { record: Recorder; handles: T };

/**
 * Operations of a plan below which one thread is faster: some 50 µs of work, against some microseconds to wake and to wait
 * for another thread that is awake, and tens of them for one that is asleep.
 */
const SHARED_WORK = 1.5e6;

/** How far threads may be apart, in sums: a power of two, in memory that stays in a second-level cache where sums are small. */
function slotsFor(slotBytes: number, sums: number): number {
  let count = 4;
  while (count < sums && count < MOST_SLOTS && 2 * count * slotBytes <= SLOT_MEMORY) count *= 2;
  return count;
}

const SLOT_MEMORY = 262_144;

export interface EngineOptions {
  /** False keeps every call of a plan apart. */
  readonly fuse?: boolean;
  /** The build of the core to run in; default the standard one. */
  readonly module?: WebAssembly.Module | undefined;
  /** Threads that run plans together. */
  readonly team?: Team | undefined;
  /** Operations from which a plan is shared among them; for tests. */
  readonly sharedWork?: number | undefined;
}

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
  private readonly memory: Memory;
  private readonly fusions: readonly Fusion[];
  private readonly sharedWork: number;
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
    { fuse = true, module, team, sharedWork = SHARED_WORK }: EngineOptions = {},
  ) {
    this.fusions = fuse ? fusions : [];
    this.sharedWork = sharedWork;
    this.memory = new Memory(module, team);
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
  compiled<T>(kind: string, rows: number, build: Build<T>): Compiled<T> {
    this.checkAlive();
    const key = `${kind} ${rows}`;
    let found = this.plans.get(key) as Compiled<T> | undefined;
    if (found) {
      this.plans.delete(key);
    } else {
      found = this.shareOut(rows, build) ?? this.compileAlone(rows, build);
      this.reserve(found.privateBytes);
      if (this.plans.size >= PLANS) this.drop(this.plans.keys().next().value as string);
    }
    this.plans.set(key, found);
    return found;
  }

  private compileAlone<T>(rows: number, build: Build<T>): Compiled<T> {
    const { record, handles } = build(rows);
    const plan = compile(record, copy, this.fusions);
    const parts = [{ first: 0, rows, plan, base: 0 }];
    const addresses = [this.memory.load(plan)];
    return { plan, rows, handles, parts, team: undefined, privateBytes: plan.privateBytes, addresses, dropped: false };
  }

  /** The plans of a team, each thread with its own rows; undefined where one thread does better, or must do alone. */
  private shareOut<T>(rows: number, build: Build<T>): Compiled<T> | undefined {
    const { memory } = this;
    const { parts: sizes, shards } = divide(rows, memory.threads);
    const [size = 0] = sizes;
    if (sizes.length < 2) return undefined;
    const { record, handles } = build(size);
    // A recording that is not of these rows, as an update of θ, is not shared.
    if (!record.inputs.every((t) => t.rows === size) || record.inputs.length === 0) return undefined;
    if (sizes.length * flopsOf(record.root) < this.sharedWork) return undefined;
    const plan = compile(record, copy, this.fusions, shards);
    const last = sizes[sizes.length - 1] as number;
    const lastPlan = last === size ? plan : compile(build(last).record, copy, this.fusions, shards);
    if (!plan.team || !lastPlan.team) return undefined;
    const parts: Part[] = [];
    let base = 0;
    for (const [t, rows] of sizes.entries()) {
      const own = t === sizes.length - 1 ? lastPlan : plan;
      parts.push({ first: t * size, rows, plan: own, base });
      base += 64 * Math.ceil(own.privateBytes / 64);
    }
    const address = memory.load(plan);
    const lastAddress = lastPlan === plan ? address : memory.load(lastPlan);
    const table = memory.loadTable(
      parts.flatMap(({ plan: own, base }, t) => {
        const count = t === 0 ? plan.count : (own.team?.count ?? 0);
        return [own === plan ? address : lastAddress, count, base];
      }),
    );
    const slotBytes = 64 * Math.ceil(Math.max(16, plan.team.sumBytes) / 64);
    const slotCount = slotsFor(slotBytes, plan.team.sums);
    return {
      plan,
      rows,
      handles,
      parts,
      team: { table, threads: sizes.length, slots: base, slotBytes, slotCount },
      privateBytes: base + sizes.length * slotCount * slotBytes,
      addresses: [...new Set([address, lastAddress, table])],
      dropped: false,
    };
  }

  private drop(key: string): void {
    const old = this.plans.get(key);
    if (!old) return;
    old.dropped = true;
    for (const address of old.addresses) this.memory.free(address);
    this.plans.delete(key);
  }

  /** Forgets the plans whose kind starts with `prefix`, and gives back the features that only they needed. */
  forget(prefix: string): void {
    if (this.disposed) return;
    for (const key of [...this.plans.keys()]) if (key.startsWith(prefix)) this.drop(key);
    this.resize(Math.max(0, ...[...this.plans.values()].map(({ privateBytes }) => privateBytes)));
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
  run(compiled: Compiled<unknown>, tolerant = false): void {
    const { team, plan, addresses } = compiled;
    const unsolved = team
      ? this.memory.runTeam(team, this.privateBase)
      : this.memory.run(addresses[0] as number, plan.count, this.privateBase);
    if (unsolved !== 0 && !tolerant) {
      throw new OdenetError(
        "convergence",
        `implicitMidpoint: expected Newton's method to solve every time step, got no solution in step ${unsolved}. Take more steps (a smaller h), or a smooth activation.`,
      );
    }
  }

  /** Writes rows into an input tensor of a plan. */
  fill(c: Compiled<unknown>, input: Tensor, rows: Rows, first: number, count: number, order?: ArrayLike<number>): void {
    const numbers = this.memory.numbers(this.precision);
    const stride = paddedColumns(input.columns, this.precision);
    for (let k = 0; k < c.parts.length; k++) {
      const part = c.parts[k] as Part;
      const at = (this.privateBase + part.base + part.plan.offset(input)) / this.numberBytes;
      rows.write(numbers, at, stride, first + part.first, Math.min(part.rows, count - part.first), order);
    }
  }

  /** Copies kept rows of examples out, without padding: for each matrix of a stack `rows · columns` numbers to `target[at …]`. */
  read(c: Compiled<unknown>, tensor: Tensor, target: Numbers, at: number): void {
    const { precision } = this;
    const { columns } = tensor;
    const numbers = this.memory.numbers(precision);
    const stride = paddedColumns(columns, precision);
    for (const { first, rows, plan, base } of c.parts) {
      let from = (this.privateBase + base + plan.offset(tensor)) / this.numberBytes;
      for (let j = 0; j < tensor.count; j++) {
        let to = at + (j * c.rows + first) * columns;
        for (let r = 0; r < rows; r++, from += stride, to += columns) {
          for (let k = 0; k < columns; k++) target[to + k] = numbers[from + k] as number;
        }
      }
    }
  }

  /** A kept scalar. */
  readScalar(c: Compiled<unknown>, tensor: Tensor): number {
    return this.memory.scalar(this.privateBase + c.plan.offset(tensor));
  }

  /** Several kept scalars, to `into`. */
  readScalars(c: Compiled<unknown>, tensors: readonly Tensor[], into: Float64Array): void {
    const scalars = this.memory.numbers("f64");
    for (let k = 0; k < tensors.length; k++) {
      into[k] = scalars[(this.privateBase + c.plan.offset(tensors[k] as Tensor)) / 8] as number;
    }
  }

  setScalar(address: number, value: number): void {
    this.memory.setScalar(address, value);
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
    if (!this.disposed) this.memory.dispose();
    this.disposed = true;
    this.plans.clear();
    this.vectors.clear();
    this.constants.clear();
    // The instance and its memory go with this object's last reference.
    Object.assign(this, { memory: undefined });
  }
}
