/**
 * ż = −σ(Kᵀ y + b), ẏ = σ(K z + b), z(0) = 0; the output is y (Haber & Ruthotto 2017, eq. 14).
 * As a system in (z, y) its Jacobian is diag(σ') [[0, −Kᵀ], [K, 0]]: purely imaginary eigenvalues where σ' ≥ 0.
 * Energy 1ᵀΣ(K z + b) + 1ᵀΣ(Kᵀ y + b) is constant.
 */
import type { PartitionedField } from "../core/field.ts";
import { activate } from "../operations/activation.ts";
import { zero } from "../operations/fill.ts";
import { product, productTransposed } from "../operations/product.ts";
import { affineParameters, type Field, type FieldOptions, fieldOptions, potential, withBias } from "./affine.ts";
import { type DynamicsData, type DynamicsKind, matrixOf } from "./dynamics.ts";

export interface Hamiltonian extends DynamicsData<"partitioned">, Field {
  readonly kind: "hamiltonian";
}

/** `ż = −σ(Kᵀ y + b)`, `ẏ = σ(K z + b)`, `z(0) = 0`. Parameters K: [n_f, n_f], b: [n_f] (scalar: [1]). */
export function hamiltonian(options: FieldOptions = {}): Hamiltonian {
  return Object.freeze({ kind: "hamiltonian", field: "partitioned", ...fieldOptions("hamiltonian", options) });
}

export const hamiltonianKind: DynamicsKind<Hamiltonian, PartitionedField> = {
  kind: "hamiltonian",
  parameters: ({ bias }, features) => affineParameters(bias, features, features),
  field({ activation }, context) {
    const { record, weights } = context;
    return {
      strang: false,
      split: (y) => [zero(record, y), y],
      join: (_z, y) => y,
      energy(z, y, c) {
        const { b } = weights(c);
        const K = matrixOf(weights(c), "K");
        return [
          potential(context, product(record, z, K), b, activation),
          potential(context, productTransposed(record, y, K), b, activation),
        ];
      },
      first(y, c) {
        const z = productTransposed(record, y, matrixOf(weights(c), "K"));
        return [-1, activate(record, withBias(context, z, weights(c).b), activation)];
      },
      second(z, c) {
        const y = product(record, z, matrixOf(weights(c), "K"));
        return [1, activate(record, withBias(context, y, weights(c).b), activation)];
      },
    };
  },
  parse: (json) => hamiltonian(json as FieldOptions),
};
