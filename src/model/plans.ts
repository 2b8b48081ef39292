/** The compiled plans of a model: made when first asked for, kept up to a bound, the least recently used dropped. */
import { OdenetError } from "../core/errors.ts";
import { type Memory, size } from "../core/host/memory.ts";
import type { Fusion } from "../core/plan/fuse.ts";
import { compile, type Plan } from "../core/plan/plan.ts";
import type { Recorder } from "../core/recording/recorder.ts";
import type { Shards } from "../core/recording/shards.ts";
import { copy } from "../operations/fill.ts";
import { Compiled, type Placed } from "./compiled.ts";
import type { Engine } from "./engine.ts";
import type { Grids } from "./layerRecorder.ts";
import { PrivateBlock } from "./privateBlock.ts";
import { type Recipe, type Recording, sameParameters } from "./recipe.ts";
import { type Sharing, shareOut, sideBySide } from "./sharing.ts";

/** Compiled plans kept at a time. */
const MOST = 32;

interface Entry {
  readonly recipe: unknown;
  readonly parameters: readonly unknown[];
  readonly rows: number;
  /** Hands the plan to who asks by its recipe. */
  readonly plan: Compiled<unknown>;
}

export class Plans {
  private readonly block: PrivateBlock;
  private readonly sharing: Sharing;
  /** By last use. */
  private entries: Entry[] = [];

  constructor(
    private readonly engine: Engine,
    private readonly memory: Memory,
    private readonly fusions: readonly Fusion[],
    work: number,
  ) {
    this.block = new PrivateBlock(memory);
    this.sharing = {
      memory,
      compile: (record, shards) => this.compile(record, shards),
      madeWith: (record) => engine.recorder.madeWith(record),
      work,
    };
  }

  /** Bytes of features. */
  get bytes(): number {
    return this.entries.reduce((n, { plan }) => n + plan.lastingBytes, this.block.bytes);
  }

  /** The plan of a recipe for a batch size. */
  of<P extends readonly unknown[], T>(recipe: Recipe<P, T>, rows: number, ...parameters: P): Compiled<T> {
    return this.copies(1, recipe, rows, ...parameters);
  }

  /** The same for so many threads, which run it side by side, each all of it on inputs of its own. */
  copies<P extends readonly unknown[], T>(
    copies: number,
    recipe: Recipe<P, T>,
    rows: number,
    ...parameters: P
  ): Compiled<T> {
    this.engine.checkAlive();
    const found = this.find(recipe, rows, parameters);
    if (found) {
      this.keepAlive(found);
      return found;
    }
    const build = (n: number) => recipe.record(this.engine, n, ...parameters);
    const { alone = false, lasting = false } = recipe;
    const shared = alone || lasting || copies > 1 ? undefined : shareOut(this.sharing, rows, build);
    const one = shared ?? this.compileAlone(build, rows, lasting);
    const placed = copies > 1 ? sideBySide(this.memory, one, rows, copies) : one;
    const plan = new Compiled(this.memory, this.engine.precision, this.block, rows, build, placed);
    if (!lasting) this.reserveFor(plan);
    if (this.entries.length >= MOST) this.dropOldest(plan.privateBytes);
    this.entries.push({ recipe, parameters, rows, plan });
    return plan;
  }

  /** A plan that is kept. */
  private find<P extends readonly unknown[], T>(
    recipe: Recipe<P, T>,
    rows: number,
    parameters: P,
  ): Compiled<T> | undefined {
    const found = this.entries.find(
      (entry) => entry.recipe === recipe && entry.rows === rows && sameParameters(entry.parameters, parameters),
    );
    // What a recipe records is known by the recipe: its plans are of its type.
    return found?.plan as Compiled<T> | undefined;
  }

  /** Makes a plan the most recently used one. */
  keepAlive(plan: Compiled<unknown>): void {
    const at = this.entries.findIndex((entry) => entry.plan === plan);
    if (at >= 0 && at < this.entries.length - 1) this.entries.push(...this.entries.splice(at, 1));
  }

  private compile(record: Recorder, shards?: Shards): Plan {
    return compile(record, copy, this.fusions, shards);
  }

  private compileAlone<T>(build: (rows: number) => Recording<T>, rows: number, lasting = false): Placed<T> {
    const { record, handles } = build(rows);
    const { inputs } = record;
    const plan = this.compile(record);
    const block = lasting ? this.memory.allocate(plan.privateBytes, "features") : 0;
    return {
      ...{ plan, handles, inputs, block },
      made: this.engine.recorder.madeWith(record),
      parts: [{ first: 0, rows, plan, base: 0 }],
      team: undefined,
      privateBytes: lasting ? 0 : plan.privateBytes,
      addresses: [this.memory.load(plan), ...(lasting ? [block] : [])],
    };
  }

  /** Compiles a plan again, for the steps that its batch needs. */
  adapt<T>(plan: Compiled<T>, grids: Grids): void {
    this.engine.recorder.choose(grids);
    plan.replace(this.compileAlone(plan.build, plan.rows));
    this.reserve(plan.privateBytes);
    this.keepAlive(plan);
  }

  /** Room for the features of a plan that is not kept yet. */
  private reserveFor(plan: Compiled<unknown>): void {
    try {
      this.reserve(plan.privateBytes);
    } catch (error) {
      plan.replace();
      throw plan.rows > 0 ? this.tooLarge(plan) : error;
    }
  }

  /** Room for features; where there is none, the plans in memory have no block to run in: they are made again when next asked for. */
  private reserve(bytes: number): void {
    try {
      this.block.reserve(bytes);
    } catch (error) {
      this.drop(() => true);
      throw error;
    }
  }

  /** The error for a batch whose features find no room, with the largest one whose features do. */
  private tooLarge({ rows, privateBytes, build }: Compiled<unknown>): OdenetError {
    const { room, used } = this.memory;
    const bytes = (rows: number) => this.compile(build(rows).record).privateBytes;
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

  private drop(which: (entry: Entry) => boolean): void {
    for (const entry of this.entries) if (which(entry)) entry.plan.replace();
    this.entries = this.entries.filter(({ plan }) => !plan.dropped);
  }

  /** Makes room for one more plan; features that no other plan needs, nor the next with its `bytes`, are given back. */
  private dropOldest(bytes: number): void {
    const [oldest] = this.entries;
    this.drop((entry) => entry === oldest);
    const needed = Math.max(bytes, this.largest);
    if (2 * needed <= this.block.bytes) this.block.resize(needed);
  }

  /** Bytes of features of the plan that needs most. */
  private get largest(): number {
    return Math.max(0, ...this.entries.map(({ plan }) => plan.privateBytes));
  }

  /** Forgets the plans of a recipe, or those with this parameter, and gives back the features that only they needed. */
  forget(what: object): void {
    this.drop(({ recipe, parameters }) => recipe === what || parameters.includes(what));
    this.block.resize(this.largest);
  }

  /** Forgets all plans, whose memory goes with the engine's. */
  clear(): void {
    this.entries = [];
  }
}
