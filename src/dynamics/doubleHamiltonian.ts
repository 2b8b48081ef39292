/**
 * Features split in halves (y, z): ẏ = −K₁ᵀ σ(K₁ z + b₁), ż = K₂ᵀ σ(K₂ y + b₂) (Chang et al. 2018, eq. 11).
 * Jacobian [[0, −K₁ᵀ D₁ K₁], [K₂ᵀ D₂ K₂, 0]]: purely imaginary eigenvalues where σ' ≥ 0.
 * Energy 1ᵀΣ(K₁ z + b₁) + 1ᵀΣ(K₂ y + b₂) is constant.
 */
import { OdenetError } from "../core/errors.ts";
import type { PartitionedField } from "../core/recording/field.ts";
import type { DataRules } from "../core/registry.ts";
import { moveColumns } from "../operations/columns.ts";
import { affine, type FieldOptions, fieldOptions, fieldRules, hiddenRule, takes } from "./affine.ts";
import type { DynamicsData, DynamicsKind } from "./dynamics.ts";

export interface DoubleHamiltonianOptions extends FieldOptions {
  /** Rows of K₁ and K₂, default n_f / 2: square matrices. */
  hidden?: number;
}

export interface DoubleHamiltonian extends DynamicsData<"partitioned"> {
  readonly kind: "doubleHamiltonian";
  readonly hidden?: number;
}

/**
 * `ẏ = −K₁ᵀ σ(K₁ z + b₁)`, `ż = K₂ᵀ σ(K₂ y + b₂)` on the halves (y, z) of an even number of features.
 * Parameters K1, K2: [hidden, n_f / 2], b1, b2: [hidden] (scalar: [1]).
 */
export function doubleHamiltonian(given: DoubleHamiltonianOptions = {}): DoubleHamiltonian {
  return Object.freeze({
    kind: "doubleHamiltonian",
    field: "partitioned",
    ...fieldOptions("doubleHamiltonian", options, given),
  });
}

const options: DataRules<DoubleHamiltonian> = {
  ...fieldRules,
  hidden: hiddenRule,
};

export const doubleHamiltonianKind: DynamicsKind<DoubleHamiltonian, PartitionedField> = {
  kind: "doubleHamiltonian",
  label: "double Hamiltonian",
  options,
  maps({ hidden, ...dynamics }, columns, where) {
    if (columns % 2 !== 0) {
      const [what, fix] =
        takes(dynamics) === "image"
          ? ["channels", `Put conv2d(${columns + 1}, { size: 1 }) before it.`]
          : ["features", `Put pad(${columns + 1}) before it.`];
      throw new OdenetError(
        "shape",
        `${where}: expected an even number of ${what} for doubleHamiltonian, got ${columns}. ${fix}`,
      );
    }
    const half = columns / 2;
    return ["1", "2"].map((suffix) => ({ suffix, rows: hidden ?? half, columns: half }));
  },
  field(dynamics, context) {
    const { record, space } = context;
    const { columns } = space;
    const half = columns / 2;
    const at = (c: number, suffix: string) => affine(context, dynamics, c, suffix);
    return {
      kind: "partitioned",
      strang: true,
      split: (x) => [
        moveColumns(record, x, { columns: half, count: half }),
        moveColumns(record, x, { columns: half, from: half, count: half }),
      ],
      join: (y, z) => {
        const left = moveColumns(record, y, { columns, count: half });
        return moveColumns(record, z, { columns, to: half, count: half }, left);
      },
      energy: (y, z, c) => [at(c, "1").potential(z), at(c, "2").potential(y)],
      first: (z, c) => [-1, at(c, "1").gradient(z)],
      second: (y, c) => [1, at(c, "2").gradient(y)],
    };
  },
  parse: doubleHamiltonian,
};
