/**
 * A network laid out in one instance's memory: θ, its gradient and constants in the shared block, plans compiled once for
 * each kind and batch size and kept up to a bound, one private block that all plans use in turn.
 */

import { OdenetError } from "../core/errors.ts";
import { Memory, type Numbers, size, type TeamRun } from "../core/host/memory.ts";
import { MOST_SLOTS, type Team } from "../core/host/team.ts";
import type { Fusion } from "../core/plan/fuse.ts";
import { compile, type Plan } from "../core/plan/plan.ts";
import { SharedBlock } from "../core/plan/relocate.ts";
import { flopsOf } from "../core/recording/cost.ts";
import { Recorder } from "../core/recording/recorder.ts";
import { divide } from "../core/recording/shards.ts";
import { numberBytes, type Precision, paddedColumns, type Tensor } from "../core/recording/tensor.ts";
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
import { fitSteps } from "./adaptiveSteps.ts";
import { numbersOfExample, rowsOfChunk } from "./chunks.ts";
import type { Rows } from "./examples.ts";
import { type Parameter, ParameterTable } from "./parameters.ts";

/** A recording and the tensors of it that the host writes and reads. */
export interface Recording<T> {
  readonly record: Recorder;
  readonly handles: T;
}

/** A compiled recording in memory. */
export interface Compiled<T> {
  /** Of the first part, which is all of it unless threads share the batch. */
  plan: Plan;
  readonly rows: number;
  handles: T;
  inputs: readonly Tensor[];
  /** The times of the layers that choose their own steps; where a batch needs others, it is compiled again. */
  grids: Grids;
  /** Whose statistics its layers take. */
  statistics: Statistics;
  parts: readonly Part[];
  team: TeamRun | undefined;
  privateBytes: number;
  /** Its own block, for a plan whose features outlive a run; 0 where it uses the block of all. */
  readonly block: number;
  /** What it holds of the memory beside. */
  addresses: readonly number[];
  /** Set when the plan had to make room for others: who holds it asks for it again. */
  dropped: boolean;
  readonly key: string;
  readonly build: Build<T>;
}

type Statistics = LayerContext["statistics"];

/** Times by layer name, in the order of recording. */
export type Grids = ReadonlyMap<string, readonly number[]>;

/** The rows of a batch that one thread computes: some of them, or all with other parameters than its neighbours. */
export interface Part {
  readonly first: number;
  readonly rows: number;
  readonly plan: Plan;
  /** Where its block starts in the private block. */
  readonly base: number;
}

/** Records a plan for so many rows, in the same way for every number of them. */
type Build<T> = (rows: number) => Recording<T>;

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
  readonly regularizers?: readonly Regularizer[] | undefined;
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
/** Result of an inner product, behind the loss weight; then the counters of random numbers. */
const DOT = 8;
const COUNTERS = 16;

/** What a recording asks of the layers besides their results. */
export type LayerHooks = Partial<
  Pick<LayerContext, "trajectory" | "reversal" | "grid" | "plain" | "inspect" | "probe" | "statistics" | "training">
> & {
  /** Another place of a parameter than θ. */
  parameter?: (name: string) => Tensor;
};

export class Engine {
  readonly layers: LayerPlan;
  readonly table: ParameterTable;
  /** What layers keep besides θ, laid out as θ is. */
  readonly stateTable: ParameterTable;
  readonly features: number;
  readonly outputs: number;
  readonly lossKind: LossKind;
  readonly theta: number;
  readonly state: number;
  /** Addresses of f64 scalars: the loss weight, the optimizer's block. */
  readonly weight: number;
  readonly optimizerScalars: number;
  /** Seed and step that random numbers follow from. */
  readonly counters: number;
  /** Bytes held for optimizer states at the moment. */
  optimizerBytes = 0;
  /** As given, with names instead of patterns. */
  readonly regularizers: readonly Regularizer[];
  /** Regularizers as kernel calls, with the addresses of their constants; what the constraints project by. */
  readonly terms: readonly PlacedTerm[];
  readonly projections: readonly PlacedTerm[];
  private readonly memory: Memory;
  private readonly fusions: readonly Fusion[];
  private readonly sharedWork: number;
  private readonly constants = new Map<string, { address: number; rows: number; columns: number }>();
  private readonly plans = new Map<string, Compiled<unknown>>();
  /** The steps last chosen, and those that each recording was made with. */
  private chosen: Grids = new Map();
  private readonly used = new WeakMap<Recorder, { grids: Map<string, readonly number[]>; statistics: Statistics }>();
  private readonly vectors = new Map<string, number>();
  private gradientAddress = 0;
  private privateBase = 0;
  private privateBytes = 0;
  /** Rows of a chunk, once a batch has asked. */
  private chunkRows: number | undefined;
  private disposed = false;

  constructor(
    readonly network: Network,
    readonly loss: Loss,
    readonly precision: Precision,
    { fuse = true, module, team, sharedWork = SHARED_WORK, regularizers = [] }: EngineOptions = {},
  ) {
    this.fusions = fuse ? fusions : [];
    this.sharedWork = sharedWork;
    this.memory = new Memory(module, team);
    this.layers = layOutNetwork(network);
    this.table = new ParameterTable(this.layers.parameters, precision);
    this.stateTable = new ParameterTable(this.layers.state ?? [], precision);
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
    this.counters = this.weight + COUNTERS;
    this.theta = this.memory.allocate(this.thetaBytes, "parameters");
    this.state = this.stateBytes > 0 ? this.memory.allocate(this.stateBytes, "running statistics") : 0;
    for (const { name, rows = 1, values } of this.layers.constants ?? []) {
      const columns = values.length / rows;
      const stride = paddedColumns(columns, precision);
      const address = this.memory.allocate(rows * stride * this.numberBytes, name);
      this.constants.set(name, { address, rows, columns });
      const view = this.memory.view(precision, address, rows * stride).fill(0);
      for (let r = 0; r < rows; r++) view.set(values.slice(r * columns, (r + 1) * columns), r * stride);
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

  private get stateBytes(): number {
    return this.stateTable.coreLength * this.numberBytes;
  }

  // --- vectors as long as θ, in the core's order --------------------------------------------------------------------

  /** The address of the gradient: memory that a model which only predicts never takes. */
  get gradient(): number {
    if (this.gradientAddress === 0) this.gradientAddress = this.memory.allocate(this.thetaBytes, "gradient");
    return this.gradientAddress;
  }

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

  /** Memory for a copy of the layers' state; 0 where they have none. */
  allocateLayerState(): number {
    if (this.stateBytes === 0) return 0;
    this.optimizerBytes += this.stateBytes;
    return this.memory.allocate(this.stateBytes, "running statistics");
  }

  freeLayerStates(addresses: readonly number[]): void {
    if (this.disposed) return;
    for (const address of addresses) {
      if (address === 0) continue;
      this.memory.free(address);
      this.optimizerBytes -= this.stateBytes;
    }
  }

  copyLayerState(to: number, from: number): void {
    if (this.stateBytes > 0) this.memory.copy(to, from, this.stateBytes);
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

  /** θ-long numbers at an address, or as many as another table has, as a view that the next allocation may invalidate. */
  coreVector(address: number, { coreLength } = this.table): Numbers {
    return this.memory.view(this.precision, address, coreLength);
  }

  /** Copies a core-order vector out, in the API's order. */
  readVector(address: number, table = this.table): Numbers {
    const values = this.empty(table.length);
    const core = this.coreVector(address, table);
    for (const p of table.parameters) table.copy(p, values, p.start, core, false);
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
  recorder(hooks: LayerHooks = {}): { record: Recorder; context: LayerContext } {
    const record = new Recorder(this.precision);
    const used = new Map<string, readonly number[]>();
    this.used.set(record, { grids: used, statistics: hooks.statistics ?? "running" });
    const known = new Map<string, Tensor>();
    const once = (key: string, make: () => Tensor): Tensor => {
      const tensor = known.get(key) ?? make();
      known.set(key, tensor);
      return tensor;
    };
    const context: LayerContext = {
      record,
      parameter: (name) => once(name, () => this.parameterTensor(record, name, this.theta)),
      state: (name) => once(name, () => this.stateTensor(record, name)),
      statistics: "running",
      constant: (name) =>
        once(`constant ${name}`, () => {
          const c = this.constants.get(name);
          if (!c) throw new Error(`constant ${name} is unknown`);
          return record.shared(name, c, c.address);
        }),
      grid: ({ name, finalTime }) => {
        const times = this.chosen.get(name) ?? [0, finalTime];
        used.set(name, times);
        return times;
      },
      ...hooks,
    };
    return { record, context };
  }

  /** The tensor of a parameter in any θ-long vector. */
  parameterTensor(record: Recorder, name: string, vector: number, prefix = ""): Tensor {
    const { offset, count, rows, columns } = this.table.find(name);
    return record.shared(prefix + name, { rows, columns, count }, vector + offset * this.numberBytes);
  }

  /** Where a parameter lies, or a layer's state. */
  find(name: string): { parameter: Parameter; table: ParameterTable; address: number } {
    const { table, stateTable } = this;
    if (stateTable.has(name)) return { parameter: stateTable.find(name), table: stateTable, address: this.state };
    return { parameter: table.find(name), table, address: this.theta };
  }

  /** The tensor of a layer's state; of a stack, all of its matrices, or `count` from `first` on. */
  stateTensor(record: Recorder, name: string, first = 0, count?: number): Tensor {
    const { offset, count: all, rows, columns } = this.stateTable.find(name);
    const start = offset + first * rows * paddedColumns(columns, this.precision);
    return record.shared(name, { rows, columns, count: count ?? all }, this.state + start * this.numberBytes);
  }

  /** All state as one tensor. */
  wholeState(record: Recorder): Tensor {
    return record.shared("state", { rows: 1, columns: this.stateTable.coreLength }, this.state);
  }

  /** A whole θ-long vector as one tensor. */
  vectorTensor(record: Recorder, name: string, address: number): Tensor {
    return record.shared(name, { rows: 1, columns: this.table.coreLength }, address);
  }

  /** One f64 of the shared block. */
  scalarTensor(record: Recorder, name: string, address: number): Tensor {
    return record.shared(name, { rows: 1, columns: 1, scalar: true }, address);
  }

  /**
   * How many of so many examples are computed at once: all of them, or a chunk. Where some layer takes the statistics of a batch, the
   * objective needs all of it; `separate` is for what takes the running ones.
   */
  rowsAtOnce(examples: number, separate = false): number {
    if (examples <= 1 || (this.layers.joins !== undefined && !separate)) return examples;
    this.chunkRows ??= rowsOfChunk(numbersOfExample(this));
    return Math.min(examples, this.chunkRows);
  }

  /** Whether a layer of the recording has taken its steps from a search. */
  choosesSteps(record: Recorder): boolean {
    return (this.used.get(record)?.grids.size ?? 0) > 0;
  }

  /** Threads that may share a plan. */
  get threads(): number {
    return this.memory.threads;
  }

  // --- plans --------------------------------------------------------------------------------------------------------

  /**
   * The plan of a kind for a batch size, made when first asked for; the least recently used is dropped. `alone`: by one thread.
   * `lasting`: what it computes is there until it is dropped, for a plan of several sections. `copies`: so many threads run
   * it side by side, each all of it on inputs of its own.
   */
  compiled<T>(
    kind: string,
    rows: number,
    build: Build<T>,
    { alone = false, lasting = false, copies = 0 } = {},
  ): Compiled<T> {
    this.checkAlive();
    const key = `${kind} ${rows}`;
    let found = this.plans.get(key) as Compiled<T> | undefined;
    if (found) {
      this.plans.delete(key);
    } else {
      const shared = alone || lasting || copies > 0 ? undefined : this.shareOut(key, rows, build);
      found = shared ?? this.compileAlone(key, rows, build, lasting);
      if (copies > 1) found = this.copied(found, copies);
      if (!lasting) this.reserveFor(found);
      if (this.plans.size >= PLANS) this.dropOldest(found.privateBytes);
    }
    this.plans.set(key, found);
    return found;
  }

  /** Room for the features of a plan that is not kept yet. */
  private reserveFor(compiled: Compiled<unknown>): void {
    try {
      this.reserve(compiled.privateBytes);
    } catch (error) {
      this.release(compiled);
      throw compiled.rows > 0 ? this.tooLarge(compiled) : error;
    }
  }

  /** The error for a batch whose features find no room, with the largest one whose features do. */
  private tooLarge({ rows, privateBytes, build }: Compiled<unknown>): OdenetError {
    const { room, used } = this.memory;
    const bytes = (rows: number) => compile(build(rows).record, copy, this.fusions).privateBytes;
    let fits = 0;
    for (let above = rows; above - fits > 1; ) {
      const middle = (fits + above) >> 1;
      if (bytes(middle) <= room) fits = middle;
      else above = middle;
    }
    const most = fits === 0 ? "not even one example fits" : fits === 1 ? "one example fits" : `${fits} examples fit`;
    return new OdenetError(
      "memory",
      `features: expected ${size(privateBytes)} of memory for ${rows === 1 ? "1 example" : `${rows} examples`}, got at most ${size(room)} beside the ${size(used)} in use: WebAssembly ends at 4 GiB, or the machine has no more. Use a smaller batch (${most}) or network.`,
    );
  }

  private compileAlone<T>(key: string, rows: number, build: Build<T>, lasting = false): Compiled<T> {
    const { record, handles } = build(rows);
    const plan = compile(record, copy, this.fusions);
    const block = lasting ? this.memory.allocate(plan.privateBytes, "features") : 0;
    return {
      plan,
      block,
      rows,
      handles,
      inputs: record.inputs,
      grids: this.used.get(record)?.grids ?? new Map(),
      statistics: this.used.get(record)?.statistics ?? "running",
      parts: [{ first: 0, rows, plan, base: 0 }],
      team: undefined,
      privateBytes: lasting ? 0 : plan.privateBytes,
      addresses: [this.memory.load(plan), ...(lasting ? [block] : [])],
      dropped: false,
      key,
      build,
    };
  }

  /** The plan of one thread for several, each with a block of its own: nothing joins what they compute. */
  private copied<T>(one: Compiled<T>, copies: number): Compiled<T> {
    const { plan, rows, addresses } = one;
    const bytes = 64 * Math.ceil(plan.privateBytes / 64);
    const parts = Array.from({ length: copies }, (_, t) => ({ first: 0, rows, plan, base: t * bytes }));
    const table = this.memory.loadTable(parts.flatMap(({ base }) => [addresses[0] as number, plan.count, base]));
    return {
      ...one,
      parts,
      team: { table, threads: copies, slots: 0, slotBytes: 0, slotCount: 0 },
      privateBytes: copies * bytes,
      addresses: [...addresses, table],
    };
  }

  /** Compiles a plan again, for the steps that its batch needs. */
  adapt(compiled: Compiled<unknown>, grids: Grids): void {
    this.chosen = new Map([...this.chosen, ...grids]);
    for (const address of compiled.addresses) this.memory.free(address);
    Object.assign(compiled, this.compileAlone(compiled.key, compiled.rows, compiled.build));
    this.reserve(compiled.privateBytes);
    this.keepAlive(compiled);
  }

  /** Makes a plan the most recently used one. */
  keepAlive(compiled: Compiled<unknown>): void {
    this.plans.delete(compiled.key);
    this.plans.set(compiled.key, compiled);
  }

  /** The plans of a team, each thread with its own rows; undefined where one thread does better, or must do alone. */
  private shareOut<T>(key: string, rows: number, build: Build<T>): Compiled<T> | undefined {
    const { memory } = this;
    const { parts: sizes, shards } = divide(rows, memory.threads);
    const [size = 0] = sizes;
    if (sizes.length < 2) return undefined;
    const { record, handles } = build(size);
    // A recording that is not of these rows, as an update of θ, is not shared.
    if (!record.inputs.every((t) => t.rows === size) || record.inputs.length === 0) return undefined;
    // Steps chosen for the whole batch are chosen in one place.
    if (this.choosesSteps(record)) return undefined;
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
      block: 0,
      inputs: record.inputs,
      grids: new Map(),
      statistics: this.used.get(record)?.statistics ?? "running",
      parts,
      team: { table, threads: sizes.length, slots: base, slotBytes, slotCount },
      privateBytes: base + sizes.length * slotCount * slotBytes,
      addresses: [...new Set([address, lastAddress, table])],
      dropped: false,
      key,
      build,
    };
  }

  private drop(key: string): void {
    const old = this.plans.get(key);
    if (!old) return;
    this.release(old);
    this.plans.delete(key);
  }

  private release(compiled: Compiled<unknown>): void {
    compiled.dropped = true;
    for (const address of compiled.addresses) this.memory.free(address);
  }

  /** Makes room for one more plan; features that no other plan needs, nor the next with its `bytes`, are given back. */
  private dropOldest(bytes: number): void {
    this.drop(this.plans.keys().next().value as string);
    const needed = Math.max(bytes, this.largest);
    if (2 * needed <= this.privateBytes) this.resize(needed);
  }

  /** Bytes of features of the plan that needs most. */
  private get largest(): number {
    return Math.max(0, ...[...this.plans.values()].map(({ privateBytes }) => privateBytes));
  }

  /** Forgets the plans whose kind starts with `prefix`, and gives back the features that only they needed. */
  forget(prefix: string): void {
    if (this.disposed) return;
    for (const key of [...this.plans.keys()]) if (key.startsWith(prefix)) this.drop(key);
    this.resize(this.largest);
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

  /** Where a plan's private offsets count from. */
  private base({ block }: Compiled<unknown>): number {
    return block === 0 ? this.privateBase : block;
  }

  /** Runs a plan, or one section of it. Throws `convergence` where an implicit step has no solution, unless the caller looks for NaN itself. */
  run(compiled: Compiled<unknown>, tolerant = false, section?: number): void {
    if (compiled.grids.size > 0) fitSteps(this, compiled, tolerant);
    const { team, plan, addresses } = compiled;
    const first = section === undefined ? 0 : (plan.sections[section] as number);
    const end = section === undefined ? plan.count : (plan.sections[section + 1] ?? plan.count);
    const unsolved = team
      ? this.memory.runTeam(team, this.privateBase)
      : this.memory.run(addresses[0] as number, end - first, this.base(compiled), first);
    if (unsolved !== 0 && !tolerant) {
      throw new OdenetError(
        "convergence",
        `implicitMidpoint: expected Newton's method to solve every time step, got no solution in step ${unsolved} (all layers' implicit steps counted). Take more steps (a smaller h), or a smooth activation.`,
      );
    }
  }

  /** Writes rows into an input tensor of a plan. */
  fill(c: Compiled<unknown>, input: Tensor, rows: Rows, first: number, count: number, order?: ArrayLike<number>): void {
    const numbers = this.memory.numbers(this.precision);
    const stride = paddedColumns(input.columns, this.precision);
    for (let k = 0; k < c.parts.length; k++) {
      const part = c.parts[k] as Part;
      const at = (this.base(c) + part.base + part.plan.offset(input)) / this.numberBytes;
      rows.write(numbers, at, stride, first + part.first, Math.min(part.rows, count - part.first), order);
    }
  }

  /** Writes a parameter of `points` different θ for each copy, one θ after another in `thetas`, to its stack. */
  fillParameters(c: Compiled<unknown>, stack: Tensor, p: Parameter, thetas: Float64Array, points: number): void {
    const size = p.count * p.rows * paddedColumns(p.columns, this.precision);
    const numbers = this.memory.numbers(this.precision);
    let from = p.start;
    for (const { base } of c.parts) {
      const placed = { ...p, offset: (this.base(c) + base + c.plan.offset(stack)) / this.numberBytes };
      numbers.fill(0, placed.offset, placed.offset + points * size); // other plans have left their numbers in the padding
      for (let k = 0; k < points; k++, placed.offset += size, from += this.table.length) {
        this.table.copy(placed, thetas, from, numbers, true);
      }
    }
  }

  /** Writes all rows of an input that are not examples. For plans compiled alone. */
  fillWhole(c: Compiled<unknown>, input: Tensor, rows: Rows): void {
    const stride = paddedColumns(input.columns, this.precision);
    rows.write(this.numbersOf(c, input), 0, stride, 0, input.rows * input.count);
  }

  /** Copies kept rows of examples out, without padding: for each matrix of a stack `rows · columns` numbers to `target[at …]`. */
  read(c: Compiled<unknown>, tensor: Tensor, target: Numbers, at: number): void {
    const { precision } = this;
    const { columns } = tensor;
    const numbers = this.memory.numbers(precision);
    const stride = paddedColumns(columns, precision);
    for (const { first, rows, plan, base } of c.parts) {
      let from = (this.base(c) + base + plan.offset(tensor)) / this.numberBytes;
      for (let j = 0; j < tensor.count; j++) {
        let to = at + (j * c.rows + first) * columns;
        for (let r = 0; r < rows; r++, from += stride, to += columns) {
          for (let k = 0; k < columns; k++) target[to + k] = numbers[from + k] as number;
        }
      }
    }
  }

  /** A kept tensor whose rows are not examples, matrix by matrix without padding. For plans compiled alone. */
  readWhole(c: Compiled<unknown>, tensor: Tensor): Numbers[] {
    const { rows, columns, count } = tensor;
    const stride = paddedColumns(columns, this.precision);
    const numbers = this.numbersOf(c, tensor);
    return Array.from({ length: count }, (_, j) => {
      const matrix = this.empty(rows * columns);
      for (let r = 0; r < rows; r++) {
        const from = (j * rows + r) * stride;
        matrix.set(numbers.subarray(from, from + columns), r * columns);
      }
      return matrix;
    });
  }

  /** An input's or kept tensor's numbers with their padding, as a view that the next allocation may invalidate. */
  numbersOf(c: Compiled<unknown>, tensor: Tensor): Numbers {
    const { rows, columns, count } = tensor;
    const length = count * rows * paddedColumns(columns, this.precision);
    return this.memory.view(this.precision, this.base(c) + c.plan.offset(tensor), length);
  }

  /** A kept scalar, or number k of a stack of them, counted over all copies. */
  readScalar(c: Compiled<unknown>, tensor: Tensor, k = 0): number {
    const { base } = c.parts[Math.floor(k / tensor.count)] as Part;
    return this.memory.scalar(this.base(c) + base + c.plan.offset(tensor) + 16 * (k % tensor.count));
  }

  /** Several kept scalars, to `into`. */
  readScalars(c: Compiled<unknown>, tensors: readonly Tensor[], into: Float64Array): void {
    const scalars = this.memory.numbers("f64");
    for (let k = 0; k < tensors.length; k++) {
      into[k] = scalars[(this.base(c) + c.plan.offset(tensors[k] as Tensor)) / 8] as number;
    }
  }

  setScalar(address: number, value: number): void {
    this.memory.setScalar(address, value);
  }

  setScalars(address: number, values: readonly number[]): void {
    this.memory.setScalars(address, values);
  }

  // --- leaving ------------------------------------------------------------------------------------------------------

  /** An empty block for what plans of this engine share, to take it to another host. */
  sharedBlock(): SharedBlock {
    return new SharedBlock(this.memory);
  }

  // --- life ---------------------------------------------------------------------------------------------------------

  get bytes(): { parameters: number; gradient: number; optimizer: number; features: number; total: number } {
    const { thetaBytes } = this;
    return {
      parameters: thetaBytes + this.stateBytes,
      gradient: this.gradientAddress === 0 ? 0 : thetaBytes,
      optimizer: this.optimizerBytes,
      features: [...this.plans.values()].reduce((n, c) => n + (c.block ? c.plan.privateBytes : 0), this.privateBytes),
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
