/** K(θ) = Q_0 + Σ θ_i Q_i: a kernel with few parameters, of any structure that is linear in them. */
import { OdenetError } from "../../core/errors.ts";
import { addBias } from "../../operations/bias.ts";
import { toImage } from "../../operations/images.ts";
import { product } from "../../operations/product.ts";
import type { FieldConstant, KernelKind } from "./kernel.ts";
import { matrixMap } from "./matrixMap.ts";

/** A matrix as rows, or as its numbers row by row. */
export type MatrixEntries = readonly (readonly number[])[] | ArrayLike<number>;

export interface BasisKernel {
  readonly kind: "basis";
  /** Q_1, Q_2, …, each row by row. */
  readonly matrices: readonly (readonly number[])[];
  /** Q_0, absent for 0. */
  readonly offset?: readonly number[];
}

/**
 * `K(θ) = Q_0 + Σ θ_i Q_i` with fixed matrices of rows × columns, each given as rows, or row by row as one array; Q_0 = `offset`,
 * default 0. Parameter theta: one number a matrix. Throws `option` and `value`.
 */
export function basisKernel(
  matrices: readonly MatrixEntries[],
  { offset }: { offset?: MatrixEntries } = {},
): BasisKernel {
  return make({ matrices, offset });
}

function make({ matrices, offset }: { matrices?: unknown; offset?: unknown }): BasisKernel {
  if (!Array.isArray(matrices) || matrices.length === 0) {
    throw new OdenetError(
      "option",
      `basisKernel: expected an array of matrices, got ${Array.isArray(matrices) ? "none" : typeof matrices}. Write basisKernel([[[0, 1], [-1, 0]]]).`,
    );
  }
  const all = matrices.map((Q, i) => entries(Q, `matrix ${i + 1}`));
  const [first = []] = all;
  const origin = offset === undefined ? undefined : entries(offset, "offset");
  for (const [k, Q] of [...all, ...(origin ? [origin] : [])].entries()) {
    if (Q.length === first.length) continue;
    throw new OdenetError(
      "option",
      `basisKernel: expected matrices of one size, got ${first.length} numbers in matrix 1 and ${Q.length} in ${k < all.length ? `matrix ${k + 1}` : "offset"}.`,
    );
  }
  return Object.freeze({
    kind: "basis",
    matrices: Object.freeze(all),
    ...(origin ? { offset: origin } : {}),
  });
}

/** The numbers of one matrix, row by row. */
function entries(matrix: unknown, what: string): readonly number[] {
  const given: unknown[] = Array.isArray(matrix) ? matrix : ArrayBuffer.isView(matrix) ? Object.values(matrix) : [];
  const rows: unknown[][] = given.every(Array.isArray) ? given : [given];
  if (rows[0] === undefined || rows[0].length === 0 || rows.some((row) => row.length !== rows[0]?.length)) {
    throw new OdenetError(
      "option",
      `basisKernel: expected ${what} as rows of equal length, or row by row as one array, got neither.`,
    );
  }
  const all = rows.flatMap((row) => Array.from(row));
  const numbers = all.filter(isFiniteNumber);
  if (numbers.length === all.length) return Object.freeze(numbers);
  const wrong = all.find((x) => !isFiniteNumber(x));
  throw new OdenetError("value", `basisKernel: expected finite numbers in ${what}, got ${String(wrong)}.`);
}

const isFiniteNumber = (x: unknown): x is number => typeof x === "number" && Number.isFinite(x);

export const basisKind: KernelKind<BasisKernel> = {
  kind: "basis",
  label: "combination of matrices",
  takes: "features",
  parameter({ matrices }, { suffix, rows, columns }, where) {
    const [first = []] = matrices;
    if (first.length !== rows * columns) {
      throw new OdenetError(
        "shape",
        `${where}: expected matrices of ${rows} × ${columns} for basisKernel, got ${first.length} numbers. Give matrices with a row for each of ${rows}.`,
      );
    }
    return { letter: `theta${suffix}`, shape: [matrices.length], fan: { in: columns, out: rows } };
  },
  constants({ matrices, offset }): FieldConstant[] {
    const basis = { name: "basis", rows: matrices.length, values: matrices.flat() };
    return offset ? [basis, { name: "offset", rows: 1, values: offset }] : [basis];
  },
  /** θᵀ [Q_1; Q_2; …] + Q_0 as one row, (row, column), turned into in × out as an image's (channel, position) is. */
  map({ offset }, { record, constant }, theta, { rows }) {
    const sum = product(record, theta, constant("basis"));
    return matrixMap(record, toImage(record, offset ? addBias(record, sum, constant("offset")) : sum, rows));
  },
  parse: make,
};
