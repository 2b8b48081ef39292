export { Activation, Loss } from "./kinds.generated";

/** Grows with every change of a signature, an opcode, the record or the plan's blob. */
export const enum Abi {
  Version = 1,
}

/** Records that call no kernel: those of operations are numbered in assembly/signatures. */
export const enum Control {
  /** Repeats the following `sizes[1]` records `sizes[0]` times. */
  Loop = 0,
  /** Skips the following `sizes[1]` records unless both scalar operands are finite. */
  Guard = 1,
  /** The end of a section of a recording; no plan holds it. */
  Pause = 65535,
}

/** Which regularizer a call of Regularize computes. The numbers are part of the ABI. */
export const enum Penalty {
  Square = 0,
  Difference = 1,
  Absolute = 2,
  Operator = 3,
  Stability = 4,
}

/** Number types of a record's operands. */
export const enum Type {
  F32 = 0,
  F64 = 1,
}

/** Bits of a record's `shared` word above those of its operands: who runs it, in a plan that a team of threads runs. */
export const enum Team {
  /** Thread 0 alone. */
  First = 0x10000,
  /** Every thread, for the sum over its own rows; thread 0 adds the sums. */
  Sum = 0x20000,
}

/** Byte layout of one call record: see assembly/plan.ts. */
export const enum Layout {
  Record = 160,
  Op = 0,
  Type = 2,
  Shared = 4,
  Sizes = 8,
  SizeCount = 6,
  Coefficients = 32,
  CoefficientCount = 6,
  Operands = 80,
  OperandCount = 6,
  OperandBytes = 12,
}

/** When and how much a product tn copies of its first operand: shared by the kernel, its check and the scratch reserved. */
export const enum Packing {
  /** A shard's rows of this many bytes in all are copied: a column's numbers crowd few sets of the first-level cache. */
  ShardBytes = 65536,
  /** Columns copied at a time. */
  Columns = 128,
}

/** How much a convolution takes at a time: shared by the kernel, its check and the scratch reserved. */
export const enum Planes {
  /** Small images are taken together up to this many positions or places; sums over places are cut after so many. */
  Rows = 512,
}

/** First word of a plan's blob: "ODNP". The blob's layout is that of src/core/plan/blob.ts; all its words are u32, little-endian. */
export const enum Blob {
  Magic = 0x504e444f,
  Align = 16,
}

/** Words of a blob's header, by byte offset. */
export const enum BlobHeader {
  Magic = 0,
  /** The ABI's version. */
  Version = 4,
  /** Bytes of the whole blob. */
  Bytes = 8,
  /** FNV-1a of all bytes from `Type` on. */
  Checksum = 12,
  /** Numbers of θ and of the features: Type.F32 or Type.F64. */
  Type = 16,
  /** Examples of a batch. */
  Rows = 20,
  /** Where the shared block begins, and its size: the `shared` of plan_run is the blob's address + this. */
  Shared = 24,
  SharedBytes = 28,
  /** Size of the private block, which the host allocates, and fills with zeros once. */
  PrivateBytes = 32,
  /** Where the table of plans begins, and how many there are; the same of tensors and names. */
  Plans = 36,
  PlanCount = 40,
  Tensors = 44,
  TensorCount = 48,
  Names = 52,
  NameBytes = 56,
  Size = 64,
}

/** Words of an entry in the table of plans. */
export const enum BlobPlan {
  /** Where its name begins. */
  Name = 0,
  /** Where its records begin: the `plan` of plan_run is the blob's address + this. */
  Records = 4,
  Count = 8,
  Size = 16,
}

/** Words of an entry in the table of tensors: number c of row r of matrix j is at Offset + size · ((j · Rows + r) · Stride + c). */
export const enum BlobTensor {
  Name = 0,
  Place = 4,
  /** From the beginning of its block. */
  Offset = 8,
  Type = 12,
  Count = 16,
  Rows = 20,
  Columns = 24,
  /** Numbers from one row to the next. */
  Stride = 28,
  Size = 32,
}

/** What blob_check finds wrong. */
export const enum BlobFault {
  /** No blob. */
  Magic = 1,
  /** Of another ABI. */
  Version = 2,
  /** Cut short, or longer than it says. */
  Bytes = 3,
  /** Damaged. */
  Checksum = 4,
  /** A table or block that is not where it may be. */
  Section = 5,
  /** Records that plan_check refuses, or that are not inside. */
  Plan = 6,
  /** A tensor that is not inside its block, or without a name. */
  Tensor = 7,
}

/** Which block a tensor lies in. */
export const enum Place {
  Shared = 0,
  Private = 1,
}
