import type { Shards } from "./shards.ts";

/** Number type of a model: `"f32"` or `"f64"`. */
export type Precision = "f32" | "f64";

/** Bytes of one number. */
export function numberBytes(precision: Precision): number {
  return precision === "f32" ? 4 : 8;
}

/** Columns rounded up to whole 16-byte vectors: rows are stored padded, the padding is zero. */
export function paddedColumns(columns: number, precision: Precision): number {
  const lanes = 16 / numberBytes(precision);
  return Math.ceil(columns / lanes) * lanes;
}

/**
 * A matrix in a recording, `count` of them one after another for a stack over time. A tensor is written by one call only;
 * where its numbers lie is decided after the recording is complete (core/plan/storage.ts).
 */
export interface Tensor {
  readonly id: number;
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly count: number;
  /** One f64 rather than a matrix of the model's precision. */
  readonly scalar: boolean;
  /** The loop body, or the whole recording, in which it is defined; a call that leaves a loop takes its outputs along. */
  scope: Scope;
  /** Byte offset in the shared block, for parameters, gradients, optimizer state, scalars and constants. */
  readonly home?: number;
  /** Written by the host before a run, and never overwritten by a call. */
  readonly external?: boolean;
}

/** Rows, columns and, where they differ from 1 and false, count and scalar of a tensor to be made. */
export interface Shape {
  readonly rows: number;
  readonly columns: number;
  readonly count?: number;
  readonly scalar?: boolean;
}

/** Inputs or outputs of a call. */
export type Tensors = readonly Tensor[];

/** One kernel call: `outputs` from `inputs`; with `into`, outputs[0] = into + result, in into's memory. */
export interface Call<
  Inputs extends Tensors = Tensor[],
  Outputs extends Tensors = Tensor[],
  Numbers extends Attributes = Attributes,
> {
  readonly operation: Operation<Inputs, Outputs, Numbers>;
  inputs: Inputs;
  readonly outputs: Outputs;
  into: Tensor | undefined;
  readonly attributes: Numbers;
  /** Where a thread sums over its part of a batch: the shards of that part. */
  shards?: Shards;
}

export type Attributes = Readonly<Record<string, number>>;

/** Of an operation that has no attributes. */
export type None = Readonly<Record<never, number>>;

/**
 * `count` repetitions of a body, in the manner of a scan:
 *   carries   argument = initial in the first iteration, the previous iteration's result later; final = the last result
 *   slices    slice = source[first + step · i], counted in matrices
 *   stacks    stack[first + step · i] = item; with `before`, the slot's earlier content, which starts as `initial`
 *
 * `keeps` says what the transposed loop finds of the body's tensors: all of them saved over time, only the carried ones
 * (the rest is computed again), or none (the carried ones come from `inverse`).
 */
export interface Loop {
  readonly count: number;
  readonly body: Scope;
  readonly carries: Carry[];
  readonly slices: Slice[];
  readonly stacks: Stack[];
  keeps?: Keeps;
}

export type Keeps =
  | { readonly kind: "all" | "carried" }
  | {
      readonly kind: "nothing";
      /** How many of the loop's carries, from the first, `inverse` knows. */
      readonly carried: number;
      /** Records the carried tensors before an iteration from those after it; `at` gives the iteration's slices. */
      inverse(results: readonly Tensor[], at: (slice: Omit<Slice, "slice">) => Tensor): readonly Tensor[];
    };

export interface Carry {
  initial: Tensor;
  readonly argument: Tensor;
  result: Tensor;
  readonly final: Tensor;
}

export interface Slice {
  source: Tensor;
  readonly first: number;
  readonly step: number;
  readonly slice: Tensor;
}

export interface Stack {
  item: Tensor;
  readonly first: number;
  readonly step: number;
  readonly stack: Tensor;
  readonly before?: Tensor;
  readonly initial?: Tensor;
}

export type Node = Call | Loop;

export function isLoop(node: Node): node is Loop {
  return "body" in node;
}

/** A straight list of calls and loops: the whole recording, or one loop's body. */
export interface Scope {
  parent: Scope | undefined;
  nodes: Node[];
}

/** What a kernel call record needs; `null` operands are absent, `"scratch"` is the call's scratch memory, of so many bytes. */
export interface Encoding {
  readonly op: number;
  readonly sizes: readonly number[];
  readonly coefficients: readonly number[];
  readonly operands: readonly (Tensor | "scratch" | null)[];
  readonly scratch?: number;
}

/**
 * The rules of one operation, whose call is stated in assembly/signatures: the sizes of a call, and its derivatives as further
 * calls. One file in `operations/` each.
 */
export interface Operation<
  Inputs extends Tensors = Tensor[],
  Outputs extends Tensors = Tensor[],
  Numbers extends Attributes = Attributes,
> {
  readonly name: string;
  /** Inputs in whose memory outputs[0] may be written. */
  readonly overwrites?: readonly number[];
  /** The same for the other outputs: by output, the inputs. */
  alsoOverwrites?(call: Call<Inputs, Outputs, Numbers>): readonly (readonly [output: number, input: number])[];
  encode(call: Call<Inputs, Outputs, Numbers>, precision: Precision): Encoding;
  /**
   * Inputs that may hold one example a row, each row of the outputs then depending on that row alone: by index, or all of
   * them. Absent: no input may, and a recording where one does is never shared among threads.
   */
  examples?: readonly number[] | "all" | ((call: Call) => readonly number[]);
  /** Whether outputs[0] is a sum over the examples, of which each thread computes its part. */
  sums?: boolean | ((call: Call) => boolean);
  /** Changes an input in place: of a team, thread 0 alone runs it, behind all that the others do. */
  once?: boolean;
  /** Floating-point operations of the kernel; absent: one for each number written. */
  flops?(call: Call<Inputs, Outputs, Numbers>): number;
  /** Adds to the cotangents of the inputs what those of the outputs imply. Absent: the operation has no derivative. */
  vjp?(record: CallRecorder, call: Call<Inputs, Outputs, Numbers>, cotangents: CotangentMap): void;
  /** Sets the tangents of the outputs from those of the inputs. */
  jvp?(record: CallRecorder, call: Call<Inputs, Outputs, Numbers>, tangents: TangentMap): void;
}

/** The shapes of tensors, one each. */
export type ShapesOf<T extends Tensors> = { readonly [K in keyof T]: Shape };

/** The part of the recorder that derivative rules use. */
export interface CallRecorder {
  readonly precision: Precision;
  /** Records a call. Returns its outputs, of the given shapes. */
  call<Inputs extends Tensors, Outputs extends Tensors, Numbers extends Attributes>(
    operation: Operation<Inputs, Outputs, Numbers>,
    inputs: Inputs,
    outputs: ShapesOf<Outputs>,
    ...rest: Record<never, number> extends Numbers
      ? [attributes?: Numbers, into?: Tensor | undefined]
      : [attributes: Numbers, into?: Tensor | undefined]
  ): Outputs;
}

/** Cotangents d value / d tensor while walking backwards. */
export interface CotangentMap {
  get(tensor: Tensor): Tensor | undefined;
  /** The cotangent of an output: a rule is asked for only where there is one. */
  of(tensor: Tensor): Tensor;
  /** Whether anything depends on the tensor's cotangent: skip the work where not. */
  wants(tensor: Tensor): boolean;
  /** Adds a contribution: `make(into)` records the call that adds it to `into`, or stores it when there is none yet. */
  add(tensor: Tensor, make: (into: Tensor | undefined) => Tensor): void;
  /** Adds an existing tensor as it is. */
  pass(tensor: Tensor, cotangent: Tensor): void;
}

/** Tangents of tensors along a direction; `undefined` stands for zero. */
export interface TangentMap {
  get(tensor: Tensor): Tensor | undefined;
  set(tensor: Tensor, tangent: Tensor): void;
}

/** A call that is not recorded yet, as what recordings hold. */
export function callOf<Inputs extends Tensors, Outputs extends Tensors, Numbers extends Attributes>(
  operation: Operation<Inputs, Outputs, Numbers>,
  inputs: Inputs,
  outputs: Outputs,
  attributes: Numbers,
  into?: Tensor,
): Call {
  // A recording holds calls of every operation; only the operation itself tells their tensors apart.
  return { operation, inputs, outputs, into, attributes } as unknown as Call;
}

/** Whether a call is of this operation, and its tensors then those that the operation names. */
export function isCallOf<Inputs extends Tensors, Outputs extends Tensors, Numbers extends Attributes>(
  call: Call,
  operation: Operation<Inputs, Outputs, Numbers>,
): call is Call & Call<Inputs, Outputs, Numbers> {
  const other: unknown = call.operation;
  return other === operation;
}
