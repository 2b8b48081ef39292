/**
 * ż = −σ(Kᵀ y + b), ẏ = σ(K z + b), z(0) = 0; the output is y (Haber & Ruthotto 2017, eq. 14).
 * As a system in (z, y) its Jacobian is diag(σ') [[0, −Kᵀ], [K, 0]]: purely imaginary eigenvalues where σ' ≥ 0.
 * Energy 1ᵀΣ(K z + b) + 1ᵀΣ(Kᵀ y + b) is constant.
 */
import type { PartitionedField } from "../core/recording/field.ts";
import type { DataRules } from "../core/registry.ts";
import { zero } from "../operations/fill.ts";
import { affine, type FieldOptions, fieldOptions, fieldRules } from "./affine.ts";
import type { DynamicsData, DynamicsKind } from "./dynamics.ts";

export interface Hamiltonian extends DynamicsData<"partitioned"> {
  readonly kind: "hamiltonian";
}

/** `ż = −σ(Kᵀ y + b)`, `ẏ = σ(K z + b)`, `z(0) = 0`. Parameters K: [n_f, n_f], b: [n_f] (scalar: [1]). */
export function hamiltonian(given: FieldOptions = {}): Hamiltonian {
  return Object.freeze({ kind: "hamiltonian", field: "partitioned", ...fieldOptions("hamiltonian", options, given) });
}

const options: DataRules<Hamiltonian> = fieldRules;

export const hamiltonianKind: DynamicsKind<Hamiltonian, PartitionedField> = {
  kind: "hamiltonian",
  label: "Hamiltonian",
  options,
  maps: (_dynamics, columns) => [{ suffix: "", rows: columns, columns }],
  field(dynamics, context) {
    const at = (c: number) => affine(context, dynamics, c);
    return {
      kind: "partitioned",
      strang: false,
      split: (y) => [zero(context.record, y), y],
      join: (_z, y) => y,
      energy: (z, y, c) => [at(c).potential(z), at(c).transposed.potential(y)],
      first: (y, c) => [-1, at(c).transposed.layer(y)],
      second: (z, c) => [1, at(c).layer(z)],
    };
  },
  parse: hamiltonian,
};
