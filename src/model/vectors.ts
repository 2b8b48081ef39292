/** θ, its gradient, what layers keep besides θ, and other vectors as long as θ: their memory, and what is computed with them. */
import type { Memory, Numbers } from "../core/host/memory.ts";
import { numberBytes, type Precision } from "../core/recording/tensor.ts";
import type { LayerPlan } from "../layers/layer.ts";
import { type Parameter, ParameterTable } from "./parameters.ts";

/** Vectors are addresses of numbers in the core's order; padding is zero. */
export class Vectors {
  readonly table: ParameterTable;
  /** What layers keep besides θ, laid out as θ is. */
  readonly stateTable: ParameterTable;
  readonly theta: number;
  readonly state: number;
  /** Bytes held for optimizer states at the moment. */
  held = 0;
  private gradientAddress = 0;
  private directionAddress = 0;
  private totalAddress = 0;

  constructor(
    private readonly memory: Memory,
    readonly precision: Precision,
    layers: LayerPlan,
    /** Where an inner product leaves its result. */
    private readonly result: number,
  ) {
    this.table = new ParameterTable(layers.parameters, precision);
    this.stateTable = new ParameterTable(layers.state ?? [], precision);
    this.theta = memory.allocate(this.bytes, "parameters");
    this.state = this.stateBytes > 0 ? memory.allocate(this.stateBytes, "running statistics") : 0;
  }

  get numberBytes(): number {
    return numberBytes(this.precision);
  }

  /** Of one vector. */
  get bytes(): number {
    return Math.max(16, this.table.coreLength * this.numberBytes);
  }

  get stateBytes(): number {
    return this.stateTable.coreLength * this.numberBytes;
  }

  /** Memory that a model which only predicts never takes. */
  get gradient(): number {
    this.gradientAddress ||= this.memory.allocate(this.bytes, "gradient");
    return this.gradientAddress;
  }

  get gradientBytes(): number {
    return this.gradientAddress === 0 ? 0 : this.bytes;
  }

  /** The direction of a directional derivative. */
  get direction(): number {
    this.directionAddress ||= this.memory.allocate(this.bytes, "direction");
    return this.directionAddress;
  }

  /** The sum of the gradients of several chunks. */
  get total(): number {
    this.totalAddress ||= this.memory.allocate(this.bytes, "total");
    return this.totalAddress;
  }

  /** A vector, zero at first; give it back with `free`. */
  allocate(): number {
    this.held += this.bytes;
    return this.memory.allocate(this.bytes, "optimizer state");
  }

  allocateAll(count: number): number[] {
    return Array.from({ length: count }, () => this.allocate());
  }

  free(addresses: readonly number[]): void {
    for (const address of addresses) this.memory.free(address);
    this.held -= addresses.length * this.bytes;
  }

  /** Memory for a copy of the layers' state; 0 where they have none. */
  allocateState(): number {
    if (this.stateBytes === 0) return 0;
    this.held += this.stateBytes;
    return this.memory.allocate(this.stateBytes, "running statistics");
  }

  freeStates(addresses: readonly number[]): void {
    for (const address of addresses) {
      if (address === 0) continue;
      this.memory.free(address);
      this.held -= this.stateBytes;
    }
  }

  copyState(to: number, from: number): void {
    if (this.stateBytes > 0) this.memory.copy(to, from, this.stateBytes);
  }

  /** xᵀ y of n numbers. */
  dot(x: number, y: number, n = this.table.coreLength): number {
    return this.memory.dot(this.precision, this.result, x, y, n);
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
  copy(to: number, from: number, n = this.table.coreLength): void {
    this.memory.copy(to, from, n * this.numberBytes);
  }

  /** x <- 0. */
  clear(x: number, n = this.table.coreLength): void {
    this.memory.view(this.precision, x, n).fill(0);
  }

  /** θ-long numbers at an address, or as many as another table has, as a view that the next allocation may invalidate. */
  core(address: number, { coreLength } = this.table): Numbers {
    return this.memory.view(this.precision, address, coreLength);
  }

  /** Copies a vector out, in the API's order. */
  read(address: number, table = this.table): Numbers {
    const values = this.empty(table.length);
    const core = this.core(address, table);
    for (const p of table.parameters) table.copy(p, values, p.start, core, false);
    return values;
  }

  /** Copies numbers in the API's order into a vector. */
  write(address: number, values: ArrayLike<number>): void {
    const core = this.core(address);
    for (const p of this.table.parameters) this.table.copy(p, values, p.start, core, true);
  }

  /** An array of this precision. */
  empty(length: number): Numbers {
    return this.precision === "f32" ? new Float32Array(length) : new Float64Array(length);
  }

  /** Where a parameter lies, or a layer's state. */
  find(name: string): { parameter: Parameter; table: ParameterTable; address: number } {
    const { table, stateTable } = this;
    if (stateTable.has(name)) return { parameter: stateTable.find(name), table: stateTable, address: this.state };
    return { parameter: table.find(name), table, address: this.theta };
  }
}
