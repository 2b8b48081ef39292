/** One instance of the core with its own linear memory, and typed views of it that follow its growth. */
import { OdenetError } from "./errors.ts";
import { type CoreExports, instantiateCore } from "./load.ts";
import type { Plan } from "./plan.ts";
import type { Precision } from "./tensor.ts";

/** A view of numbers in a model's precision. */
export type Numbers = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

interface ArenaExports extends CoreExports {
  arena_alloc(bytes: number): number;
  arena_free(pointer: number): void;
  plan_run(shared: number, private_: number, plan: number, count: number): number;
  plan_unsolved(): number;
  plan_check(sharedSize: number, privateSize: number, plan: number, count: number): number;
  sdot(out: number, x: number, y: number, n: number): void;
  ddot(out: number, x: number, y: number, n: number): void;
  saxpy(y: number, a: number, x: number, n: number): void;
  daxpy(y: number, a: number, x: number, n: number): void;
  sscale(y: number, a: number, n: number): void;
  dscale(y: number, a: number, n: number): void;
}

const LIMIT = 0xffff0000;

export class Memory {
  /** Bytes handed out and not given back. */
  used = 0;
  private readonly core: ArenaExports;
  private readonly sizes = new Map<number, number>();
  private f32 = new Float32Array(0);
  private f64 = new Float64Array(0);
  private u8 = new Uint8Array(0);

  constructor() {
    this.core = instantiateCore() as ArenaExports;
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
        `${purpose}: expected ${size(bytes)} of memory, got none beyond the ${size(this.used)} in use: WebAssembly ends at 4 GiB, or the machine has no more. Use a smaller batch or network.`,
      );
    }
    this.sizes.set(pointer, bytes);
    this.used += bytes;
    new Uint8Array(this.core.memory.buffer, pointer, bytes).fill(0);
    return pointer;
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

  /** The whole memory as numbers; made anew only when it has grown. */
  numbers(precision: Precision): Numbers {
    const { buffer } = this;
    if (this.f32.buffer !== buffer) {
      this.f32 = new Float32Array(buffer);
      this.f64 = new Float64Array(buffer);
      this.u8 = new Uint8Array(buffer);
    }
    return precision === "f32" ? this.f32 : this.f64;
  }

  /** The f64 at a byte address. */
  scalar(address: number): number {
    return this.numbers("f64")[address / 8] as number;
  }

  setScalars(address: number, values: readonly number[]): void {
    const numbers = this.numbers("f64");
    for (let k = 0; k < values.length; k++) numbers[address / 8 + k] = values[k] as number;
  }

  /** Copies a plan's records into memory and returns their address. */
  load(plan: Plan): number {
    const address = this.allocate(Math.max(plan.bytes.length, 16), "plan");
    new Uint8Array(this.buffer, address, plan.bytes.length).set(plan.bytes);
    return address;
  }

  /**
   * Replays a loaded plan. Shared offsets are absolute addresses, private ones count from `privateBase`. Returns the number
   * (from 1) of the first time step whose implicit equation was not solved, or 0; its features are NaN.
   */
  run(address: number, count: number, privateBase: number): number {
    const failed = this.core.plan_run(0, privateBase, address, count);
    if (failed !== 0) throw new Error(`plan_run: record ${failed - 1} has an unknown operation`);
    return this.core.plan_unsolved();
  }

  /** Index of the first record that would touch memory outside its block, or −1. */
  check(address: number, count: number, privateBytes: number): number {
    return this.core.plan_check(this.buffer.byteLength, privateBytes, address, count) - 1;
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
    this.bytes.copyWithin(to, from, from + bytes);
  }

  private get bytes(): Uint8Array {
    this.numbers("f32");
    return this.u8;
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
