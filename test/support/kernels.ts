/** Matrices in one core's memory, as kernels take them: rows padded to whole vectors, zones of known bytes around. */
import { instantiateCore } from "../../src/core/host/load.ts";
import { numberBytes, type Precision, paddedColumns } from "../../src/core/recording/tensor.ts";

const MARK = 0x5a;
const GUARD = 64;

export class Bench {
  private readonly core = instantiateCore();
  private top: number;
  private readonly base: number;

  constructor(
    readonly precision: Precision,
    pages = 64,
  ) {
    this.base = this.core.memory.grow(pages) * 65536;
    this.top = this.base;
  }

  readonly round = (x: number): number => (this.precision === "f32" ? Math.fround(x) : x);

  /** Forgets all matrices. */
  clear(): void {
    this.top = this.base;
  }

  /** `bytes` bytes of the mark. */
  room(bytes: number): number {
    const at = this.top + GUARD;
    const end = at + Math.ceil(bytes / 16) * 16 + GUARD;
    if (end > this.core.memory.buffer.byteLength) throw new Error("the bench is full");
    new Uint8Array(this.core.memory.buffer).fill(MARK, this.top, end);
    this.top = end;
    return at;
  }

  numbers(at: number, length: number): Float32Array | Float64Array {
    const View = this.precision === "f32" ? Float32Array : Float64Array;
    return new View(this.core.memory.buffer, at, length);
  }

  /** Places a matrix; its numbers are rounded to the precision. */
  put(rows: number, columns: number, values: ArrayLike<number>): number {
    const stride = paddedColumns(columns, this.precision);
    const at = this.room(rows * stride * numberBytes(this.precision));
    const view = this.numbers(at, rows * stride).fill(0);
    for (let i = 0; i < rows * columns; i++) {
      view[Math.floor(i / columns) * stride + (i % columns)] = values[i] as number;
    }
    return at;
  }

  /** Reads a matrix; padding that is not zero, or a byte changed behind it, throws. */
  get(at: number, rows: number, columns: number): number[] {
    const stride = paddedColumns(columns, this.precision);
    const result: number[] = [];
    this.numbers(at, rows * stride).forEach((x, i) => {
      if (i % stride < columns) result.push(x);
      else if (x !== 0) throw new Error(`padding of row ${Math.floor(i / stride)} holds ${x}`);
    });
    const end = at + Math.ceil((rows * stride * numberBytes(this.precision)) / 16) * 16;
    const before = new Uint8Array(this.core.memory.buffer, at - GUARD, GUARD);
    const behind = new Uint8Array(this.core.memory.buffer, end, GUARD);
    if ([...before, ...behind].some((b) => b !== MARK)) throw new Error("written outside the matrix");
    return result;
  }

  /** Calls `s…` or `d…`. */
  call(name: string, ...operands: number[]): void {
    const kernel = this.core[(this.precision === "f32" ? "s" : "d") + name] as (...operands: number[]) => void;
    kernel(...operands);
  }

  /** Numbers as the precision holds them. */
  rounded(values: readonly number[]): number[] {
    return values.map(this.round);
  }
}
