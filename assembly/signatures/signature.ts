/**
 * What a kernel call says, stated once. From a signature the build step writes the dispatch and the checks of the core, the typed
 * encoder of TypeScript and the scratch that is reserved (scripts/build/signatures.mjs).
 *
 * Formulas are expressions in f64 that AssemblyScript and TypeScript read alike: of the signature's sizes and coefficients by name, of
 * `size`, the bytes of a number, and of the functions of assembly/formulas.ts.
 */

/**
 * What lies at an operand, with the formulas of its sizes: a matrix of padded rows that is not empty, n numbers in whole vectors, so
 * many numbers of type f64, or bytes; scratch is bytes for the kernel alone.
 */
export interface Operand {
  readonly kind: "matrix" | "flat" | "scalars" | "bytes" | "scratch";
  readonly formulas: readonly string[];
  readonly optional?: boolean;
}

export interface Signature {
  /** The number of a record, part of the ABI: never renumbered. */
  readonly number: number;
  /** Module of assembly that has the kernel. */
  readonly from: string;
  /** The call: operands are addresses, sizes u32, coefficients f64; conversions are written out. By a size's value, where it chooses. */
  readonly call: string | { readonly by: string; readonly cases: Readonly<Record<number, string>> };
  /** In the record's order. */
  readonly operands: Readonly<Record<string, Operand>>;
  /** In the record's order; null leaves a place out. */
  readonly sizes: readonly (string | null)[];
  /** In the record's order; "windows" stands for the six pairs of assembly/windows.ts. */
  readonly coefficients?: readonly string[] | "windows";
  /** Sizes that are members of an enumeration of assembly/opcodes.ts. */
  readonly among?: Readonly<Record<string, string>>;
  /** What must hold besides, so that the kernel stays inside its operands and ends. */
  readonly where?: readonly string[];
  /** Multiplications and moves, about; default (1 + first size)(1 + second size). */
  readonly work?: string;
}

const operand = (kind: Operand["kind"], ...formulas: string[]): Operand => ({ kind, formulas });

/** rows × columns numbers in padded rows; neither may be zero. */
export const matrix = (rows: string, columns: string): Operand => operand("matrix", rows, columns);

/** One row of numbers. */
export const row = (columns: string): Operand => operand("matrix", "1", columns);

/** n numbers in whole vectors, of any shape. */
export const flat = (n: string): Operand => operand("flat", n);

/** Numbers of type f64, whatever the record's type. */
export const scalars = (count: number): Operand => operand("scalars", String(count));

/** Whole rows or matrices of so many bytes. */
export const bytes = (formula: string): Operand => operand("bytes", formula);

/** Memory for the kernel alone. */
export const scratch = (formula: string): Operand => operand("scratch", formula);

/** An operand that may be absent. */
export const optional = (operand: Operand): Operand => ({ ...operand, optional: true });

export type Signatures = Readonly<Record<string, Signature>>;
