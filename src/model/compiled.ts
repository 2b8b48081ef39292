/** A compiled recording in a model's memory: its inputs are filled, it is run, its results are read. */
import type { Memory, Numbers, TeamRun } from "../core/host/memory.ts";
import type { Plan } from "../core/plan/plan.ts";
import { type Precision, paddedColumns, type Tensor } from "../core/recording/tensor.ts";
import type { Rows } from "./examples.ts";
import type { Grids, Made, Statistics } from "./layerRecorder.ts";
import type { Parameter, ParameterTable } from "./parameters.ts";
import type { PrivateBlock } from "./privateBlock.ts";
import type { Recording } from "./recipe.ts";

/** The rows of a batch that one thread computes: some of them, or all with other parameters than its neighbours. */
export interface Part {
  readonly first: number;
  readonly rows: number;
  readonly plan: Plan;
  /** Where its block starts in the private block. */
  readonly base: number;
}

/** What compiling a recording gives, in memory. */
export interface Placed<T> {
  /** Of the first part, which is all of it unless threads share the batch. */
  readonly plan: Plan;
  readonly handles: T;
  readonly inputs: readonly Tensor[];
  readonly made: Made;
  readonly parts: readonly Part[];
  readonly team: TeamRun | undefined;
  readonly privateBytes: number;
  /** Its own block, for a plan whose features outlive a run; 0 where it uses the block of all. */
  readonly block: number;
  /** What it holds of the memory beside. */
  readonly addresses: readonly number[];
}

export class Compiled<T> {
  /** Set when the plan had to make room for others: who holds it asks for it again. */
  dropped = false;

  constructor(
    private readonly memory: Memory,
    private readonly precision: Precision,
    private readonly all: PrivateBlock,
    readonly rows: number,
    /** Records it again, for the steps that a batch needs. */
    readonly build: (rows: number) => Recording<T>,
    private placed: Placed<T>,
  ) {}

  get plan(): Plan {
    return this.placed.plan;
  }

  get handles(): T {
    return this.placed.handles;
  }

  /** Threads that run it. */
  get threads(): number {
    return this.placed.team?.threads ?? 1;
  }

  get inputs(): readonly Tensor[] {
    return this.placed.inputs;
  }

  get grids(): Grids {
    return this.placed.made.grids;
  }

  get statistics(): Statistics {
    return this.placed.made.statistics;
  }

  get privateBytes(): number {
    return this.placed.privateBytes;
  }

  /** Bytes of its own block, where it has one. */
  get lastingBytes(): number {
    return this.placed.block === 0 ? 0 : this.placed.plan.privateBytes;
  }

  /** Gives back what it holds, and takes the place of another compilation, or of none. */
  replace(placed?: Placed<T>): void {
    for (const address of this.placed.addresses) this.memory.free(address);
    if (placed) this.placed = placed;
    else this.dropped = true;
  }

  /** Runs the plan, or one section of it, as it stands. Returns 0, or the number of the first implicit step without a solution. */
  start(section?: number): number {
    const { team, plan, addresses } = this.placed;
    const [address = 0] = addresses;
    if (team) return this.memory.runTeam(team, this.all.base);
    const first = section === undefined ? 0 : (plan.sections[section] ?? 0);
    const end = section === undefined ? plan.count : (plan.sections[section + 1] ?? plan.count);
    return this.memory.run(address, end - first, this.base, first);
  }

  /** Where its private offsets count from. */
  private get base(): number {
    return this.placed.block === 0 ? this.all.base : this.placed.block;
  }

  private get numberBytes(): number {
    return this.precision === "f32" ? 4 : 8;
  }

  /** Writes rows into an input tensor. */
  fill(input: Tensor, rows: Rows, first: number, count: number, order?: ArrayLike<number>): void {
    const numbers = this.memory.numbers(this.precision);
    const stride = paddedColumns(input.columns, this.precision);
    const { parts } = this.placed;
    for (let k = 0; k < parts.length; k++) {
      const part = parts[k];
      if (!part) continue;
      const at = (this.base + part.base + part.plan.offset(input)) / this.numberBytes;
      rows.write(numbers, at, stride, first + part.first, Math.min(part.rows, count - part.first), order);
    }
  }

  /** Writes a parameter of `points` different θ for each copy, one θ after another in `thetas`, to its stack. */
  fillParameters(table: ParameterTable, stack: Tensor, p: Parameter, thetas: Float64Array, points: number): void {
    const size = p.count * p.rows * paddedColumns(p.columns, this.precision);
    const numbers = this.memory.numbers(this.precision);
    let from = p.start;
    for (const { base } of this.placed.parts) {
      const placed = { ...p, offset: (this.base + base + this.plan.offset(stack)) / this.numberBytes };
      numbers.fill(0, placed.offset, placed.offset + points * size); // other plans have left their numbers in the padding
      for (let k = 0; k < points; k++, placed.offset += size, from += table.length) {
        table.copy(placed, thetas, from, numbers, true);
      }
    }
  }

  /** Writes all rows of an input that are not examples. For plans compiled alone. */
  fillWhole(input: Tensor, rows: Rows): void {
    const stride = paddedColumns(input.columns, this.precision);
    rows.write(this.numbersOf(input), 0, stride, 0, input.rows * input.count);
  }

  /** Copies kept rows of examples out, without padding: for each matrix of a stack `rows · columns` numbers to `target[at …]`. */
  read(tensor: Tensor, target: Numbers, at: number): void {
    const { columns } = tensor;
    const numbers = this.memory.numbers(this.precision);
    const stride = paddedColumns(columns, this.precision);
    for (const { first, rows, plan, base } of this.placed.parts) {
      let from = (this.base + base + plan.offset(tensor)) / this.numberBytes;
      for (let j = 0; j < tensor.count; j++) {
        let to = at + (j * this.rows + first) * columns;
        for (let r = 0; r < rows; r++, from += stride, to += columns) {
          for (let k = 0; k < columns; k++) target[to + k] = numbers[from + k] ?? Number.NaN;
        }
      }
    }
  }

  /** A kept tensor whose rows are not examples, matrix by matrix without padding. For plans compiled alone. */
  readWhole(tensor: Tensor): Numbers[] {
    const { rows, columns, count } = tensor;
    const stride = paddedColumns(columns, this.precision);
    const numbers = this.numbersOf(tensor);
    return Array.from({ length: count }, (_, j) => {
      const matrix = numbers.slice(0, rows * columns);
      for (let r = 0; r < rows; r++) {
        const from = (j * rows + r) * stride;
        matrix.set(numbers.subarray(from, from + columns), r * columns);
      }
      return matrix;
    });
  }

  /** An input's or kept tensor's numbers with their padding, as a view that the next allocation may invalidate. */
  numbersOf(tensor: Tensor): Numbers {
    const { rows, columns, count } = tensor;
    const length = count * rows * paddedColumns(columns, this.precision);
    return this.memory.view(this.precision, this.base + this.plan.offset(tensor), length);
  }

  /** A kept scalar, or number k of a stack of them, counted over all copies. */
  readScalar(tensor: Tensor, k = 0): number {
    const { base = 0 } = this.placed.parts[Math.floor(k / tensor.count)] ?? {};
    return this.memory.scalar(this.base + base + this.plan.offset(tensor) + 16 * (k % tensor.count));
  }

  /** Several kept scalars, to `into`. */
  readScalars(tensors: readonly Tensor[], into: Float64Array): void {
    const scalars = this.memory.numbers("f64");
    for (let k = 0; k < tensors.length; k++) {
      const tensor = tensors[k];
      if (tensor) into[k] = scalars[(this.base + this.plan.offset(tensor)) / 8] ?? Number.NaN;
    }
  }
}
