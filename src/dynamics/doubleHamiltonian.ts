/**
 * Features split in halves (y, z): ẏ = −K₁ᵀ σ(K₁ z + b₁), ż = K₂ᵀ σ(K₂ y + b₂) (Chang et al. 2018, eq. 11).
 * Jacobian [[0, −K₁ᵀ D₁ K₁], [K₂ᵀ D₂ K₂, 0]]: purely imaginary eigenvalues where σ' ≥ 0.
 * Energy 1ᵀΣ(K₁ z + b₁) + 1ᵀΣ(K₂ y + b₂) is constant.
 */
import { OdenetError } from "../core/errors.ts";
import type { PartitionedField } from "../core/field.ts";
import { moveColumns } from "../operations/columns.ts";
import { product } from "../operations/product.ts";
import {
  affineParameters,
  checkHidden,
  type Field,
  type FieldOptions,
  fieldOptions,
  potential,
  symmetricLayer,
} from "./affine.ts";
import { type DynamicsData, type DynamicsKind, matrixOf } from "./dynamics.ts";

export interface DoubleHamiltonianOptions extends FieldOptions {
  /** Rows of K₁ and K₂, default n_f / 2: square matrices. */
  hidden?: number;
}

export interface DoubleHamiltonian extends DynamicsData<"partitioned">, Field {
  readonly kind: "doubleHamiltonian";
  readonly hidden?: number;
}

/**
 * `ẏ = −K₁ᵀ σ(K₁ z + b₁)`, `ż = K₂ᵀ σ(K₂ y + b₂)` on the halves (y, z) of an even number of features.
 * Parameters K1, K2: [hidden, n_f / 2], b1, b2: [hidden] (scalar: [1]).
 */
export function doubleHamiltonian({ hidden, ...options }: DoubleHamiltonianOptions = {}): DoubleHamiltonian {
  checkHidden("doubleHamiltonian", hidden);
  const field = fieldOptions("doubleHamiltonian", options);
  return Object.freeze({
    kind: "doubleHamiltonian",
    field: "partitioned",
    ...field,
    ...(hidden === undefined ? {} : { hidden }),
  });
}

export const doubleHamiltonianKind: DynamicsKind<DoubleHamiltonian, PartitionedField> = {
  kind: "doubleHamiltonian",
  parameters({ bias, hidden }, features, where) {
    if (features % 2 !== 0) {
      throw new OdenetError(
        "shape",
        `${where}: expected an even number of features for doubleHamiltonian, got ${features}. Put pad(${features + 1}) before it.`,
      );
    }
    const half = features / 2;
    return ["1", "2"].flatMap((suffix) => affineParameters(bias, hidden ?? half, half, suffix));
  },
  field({ activation }, context) {
    const { record, weights, features } = context;
    const half = features / 2;
    return {
      strang: true,
      split: (x) => [
        moveColumns(record, x, { columns: half, count: half }),
        moveColumns(record, x, { columns: half, from: half, count: half }),
      ],
      join: (y, z) => {
        const left = moveColumns(record, y, { columns: features, count: half });
        return moveColumns(record, z, { columns: features, to: half, count: half }, left);
      },
      energy: (y, z, c) => [
        potential(context, product(record, z, matrixOf(weights(c), "K1")), weights(c).b1, activation),
        potential(context, product(record, y, matrixOf(weights(c), "K2")), weights(c).b2, activation),
      ],
      first: (z, c) => [-1, symmetricLayer(context, z, matrixOf(weights(c), "K1"), weights(c).b1, activation)],
      second: (y, c) => [1, symmetricLayer(context, y, matrixOf(weights(c), "K2"), weights(c).b2, activation)],
    };
  },
  parse: (json) => doubleHamiltonian(json as DoubleHamiltonianOptions),
};
