/** One instance of the core with its own linear memory, and typed views of it that follow its growth. */
import { Layout } from "../../../assembly/opcodes.ts";
import { OdenetError } from "../errors.ts";
import type { Plan } from "../plan/plan.ts";
import type { Precision } from "../recording/tensor.ts";
import { type CoreExports, instantiateCore } from "./load.ts";
import { CONTROL_BYTES, type Team } from "./team.ts";

/** A view of numbers in a model's precision. */
export type Numbers = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

interface ArenaExports extends CoreExports {
  arena_alloc(bytes: number): number;
  arena_free(pointer: number): void;
  arena_room(): number;
  plan_run(shared: number, private_: number, plan: number, count: number): number;
  plan_unsolved(): number;
  team_run(
    shared: number,
    private_: number,
    table: number,
    members: number,
    slots: number,
    slotBytes: number,
    slotCount: number,
    control: number,
  ): number;
  plan_check(sharedSize: number, privateSize: number, plan: number, count: number): number;
  sdot(out: number, x: number, y: number, n: number): void;
  ddot(out: number, x: number, y: number, n: number): void;
  saxpy(y: number, a: number, x: number, n: number): void;
  daxpy(y: number, a: number, x: number, n: number): void;
  sscale(y: number, a: number, n: number): void;
  dscale(y: number, a: number, n: number): void;
}

const LIMIT = 0xffff0000;

let registry: FinalizationRegistry<Team> | undefined;

/** The threads of a model that nobody holds any more end with it. Made with the first team: hosts without threads may lack it. */
function forgotten(): FinalizationRegistry<Team> {
  registry ??= new FinalizationRegistry((team) => team.stop());
  return registry;
}

/** Parts of a plan for the threads of a team, as bytes: what `runTeam` needs. */
export interface TeamRun {
  /** Address of a table: plan, count and private offset of each thread. */
  readonly table: number;
  readonly threads: number;
  /** Offset in the private block of the slots for sums. */
  readonly slots: number;
  readonly slotBytes: number;
  readonly slotCount: number;
}

/** What one call of `allocate` gave. */
export interface Piece {
  readonly address: number;
  readonly bytes: number;
}

export class Memory {
  /** Bytes handed out and not given back. */
  used = 0;
  private readonly core: ArenaExports;
  private readonly sizes = new Map<number, number>();
  private f32 = new Float32Array(0);
  private f64 = new Float64Array(0);
  private u8 = new Uint8Array(0);

  /** The control block of the team. */
  private control = 0;

  /** In an instance of the core, by default a new one of the standard build; a team's is over its shared memory. */
  constructor(
    core: CoreExports = instantiateCore(),
    private readonly team?: Team,
  ) {
    this.core = core as ArenaExports;
    this.look();
    if (!team) return;
    this.control = 64 * Math.ceil(this.allocate(CONTROL_BYTES + 64, "threads") / 64);
    team.serve(this.control);
    forgotten().register(this, team, team);
  }

  /** Threads that can run a plan. */
  get threads(): number {
    return this.team?.threads ?? 1;
  }

  /** Lets the threads go. */
  dispose(): void {
    if (!this.team) return;
    forgotten().unregister(this.team);
    this.team.stop();
  }

  /** Makes the views anew where the memory has grown, as it does only while memory is taken. */
  private look(): void {
    const { buffer } = this;
    if (this.f32.buffer === buffer) return;
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.u8 = new Uint8Array(buffer);
  }

  /** `bytes` bytes of zeros, aligned to 16. Throws `memory` when the instance cannot grow so far. */
  allocate(bytes: number, purpose: string): number {
    let pointer = 0;
    try {
      pointer = bytes <= LIMIT ? this.core.arena_alloc(bytes) >>> 0 : 0;
    } catch {
      // Some engines throw a RangeError where memory cannot grow.
    }
    if (pointer === 0) {
      throw new OdenetError(
        "memory",
        `${purpose}: expected ${size(bytes)} of memory, got at most ${size(this.room)} beside the ${size(this.used)} in use: WebAssembly ends at 4 GiB, or the machine has no more. Use a smaller ${purpose === "features" ? "batch or network" : "network"}.`,
      );
    }
    this.sizes.set(pointer, bytes);
    this.used += bytes;
    new Uint8Array(this.buffer, pointer, bytes).fill(0);
    this.look();
    return pointer;
  }

  /** Bytes of the largest block that can be allocated, unless the machine has no more. */
  get room(): number {
    return this.core.arena_room() >>> 0;
  }

  /** Gives memory back. */
  free(pointer: number): void {
    const bytes = this.sizes.get(pointer);
    if (bytes === undefined) return;
    this.sizes.delete(pointer);
    this.used -= bytes;
    this.core.arena_free(pointer);
  }

  /** `length` numbers at a byte address, as a view: valid until the memory grows. */
  view(precision: Precision, address: number, length: number): Numbers {
    return precision === "f32"
      ? new Float32Array(this.buffer, address, length)
      : new Float64Array(this.buffer, address, length);
  }

  /** The whole memory as numbers: valid until the memory grows. */
  numbers(precision: Precision): Numbers {
    return precision === "f32" ? this.f32 : this.f64;
  }

  /** The f64 at a byte address. */
  scalar(address: number): number {
    return this.f64[address / 8] as number;
  }

  setScalar(address: number, value: number): void {
    this.f64[address / 8] = value;
  }

  setScalars(address: number, values: readonly number[]): void {
    for (let k = 0; k < values.length; k++) this.f64[address / 8 + k] = values[k] as number;
  }

  /** Copies a plan's records into memory and returns their address. */
  load(plan: Plan): number {
    const address = this.allocate(Math.max(plan.bytes.length, 16), "plan");
    new Uint8Array(this.buffer, address, plan.bytes.length).set(plan.bytes);
    return address;
  }

  /**
   * Replays `count` records of a loaded plan, from record `first` on. Shared offsets are absolute addresses, private ones count from `privateBase`. Returns the number
   * (from 1) of the first time step whose implicit equation was not solved, or 0; its features are NaN.
   */
  run(address: number, count: number, privateBase: number, first = 0): number {
    const failed = this.core.plan_run(0, privateBase, address + first * Layout.Record, count);
    if (failed !== 0) throw new Error(`plan_run: record ${failed - 1} has an unknown operation`);
    return this.core.plan_unsolved();
  }

  /** The same by a team. */
  runTeam({ table, threads, slots, slotBytes, slotCount }: TeamRun, privateBase: number): number {
    const { core, control } = this;
    const failed = core.team_run(0, privateBase, table, threads, privateBase + slots, slotBytes, slotCount, control);
    if (failed !== 0) throw new Error(`team_run: record ${failed - 1} has an unknown operation`);
    return core.plan_unsolved();
  }

  /** A table of u32 in memory; returns its address. */
  loadTable(values: readonly number[]): number {
    const address = this.allocate(4 * values.length, "plan");
    new Uint32Array(this.buffer, address, values.length).set(values);
    return address;
  }

  /** Index of the first record that would touch memory outside its block, or −1. */
  check(address: number, count: number, privateBytes: number): number {
    return this.core.plan_check(this.buffer.byteLength, privateBytes, address, count) - 1;
  }

  /** The allocated piece that an address lies in. */
  piece(address: number): Piece {
    for (const [start, bytes] of this.sizes) {
      if (start <= address && address < start + bytes) return { address: start, bytes };
    }
    throw new Error(`address ${address} is not allocated`);
  }

  /** A copy of bytes. */
  bytesAt(address: number, bytes: number): Uint8Array<ArrayBuffer> {
    return this.u8.slice(address, address + bytes);
  }

  // Vectors of n numbers in whole 16-byte vectors, by address.

  /** xᵀ y; `out` is the address of one f64 that may be overwritten. */
  dot(precision: Precision, out: number, x: number, y: number, n: number): number {
    if (precision === "f32") this.core.sdot(out, x, y, n);
    else this.core.ddot(out, x, y, n);
    return this.scalar(out);
  }

  /** y <- y + a x. */
  axpy(precision: Precision, y: number, a: number, x: number, n: number): void {
    if (precision === "f32") this.core.saxpy(y, a, x, n);
    else this.core.daxpy(y, a, x, n);
  }

  /** y <- a y. */
  scale(precision: Precision, y: number, a: number, n: number): void {
    if (precision === "f32") this.core.sscale(y, a, n);
    else this.core.dscale(y, a, n);
  }

  /** Copies bytes, as `memory.copy` does. */
  copy(to: number, from: number, bytes: number): void {
    this.u8.copyWithin(to, from, from + bytes);
  }

  private get buffer(): ArrayBuffer {
    return this.core.memory.buffer as ArrayBuffer;
  }
}

/** Bytes as a short text. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const units = ["KiB", "MiB", "GiB"];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
