/**
 * ẏ = σ(A y + b), A = scale · (K − Kᵀ − γ I) (Haber & Ruthotto 2017, eq. 11).
 * Jacobian diag(σ') A. For γ = 0 it is similar to the antisymmetric D^½ A D^½, D = diag(σ'): purely imaginary
 * eigenvalues where σ' ≥ 0; γ > 0 moves them to the left. Forward Euler is stable for none of the former.
 * Energy 1ᵀΣ(A y + b), Σ' = σ: constant for γ = 0, else its derivative is −γ · scale ‖σ‖².
 */
import type { VectorField } from "../core/recording/field.ts";
import type { DataRules } from "../core/registry.ts";
import { affine, type FieldOptions, fieldOptions, fieldRules } from "./affine.ts";
import type { DynamicsData, DynamicsKind } from "./dynamics.ts";

export interface AntisymmetricOptions extends FieldOptions {
  /** γ, default 0: moves the spectrum to the left. */
  gamma?: number;
  /** Factor of K − Kᵀ − γ I, default 1. */
  scale?: number;
}

export interface Antisymmetric extends DynamicsData<"vector"> {
  readonly kind: "antisymmetric";
  readonly gamma: number;
  readonly scale: number;
}

/** `ẏ = σ(A y + b)`, `A = scale · (K − Kᵀ − γ I)`. Parameters K: [n_f, n_f], b: [n_f] (scalar: [1]). */
export function antisymmetric(given: AntisymmetricOptions = {}): Antisymmetric {
  return Object.freeze({ kind: "antisymmetric", field: "vector", ...fieldOptions("antisymmetric", options, given) });
}

const options: DataRules<Antisymmetric> = {
  ...fieldRules,
  gamma: { kind: "number", label: "γ", initial: 0 },
  scale: { kind: "number", label: "scale", initial: 1 },
};

export const antisymmetricKind: DynamicsKind<Antisymmetric, VectorField> = {
  kind: "antisymmetric",
  label: "antisymmetric",
  options,
  damped: ({ gamma }) => (gamma > 0 ? "gamma > 0" : undefined),
  maps: (_dynamics, columns) => [{ suffix: "", rows: columns, columns }],
  field(dynamics, context) {
    const at = (c: number) => affine(context, dynamics, c).antisymmetric(dynamics.scale, dynamics.gamma);
    return {
      kind: "vector",
      energy: (y, c) => [at(c).potential(y)],
      at: (y, c) => [1, at(c).layer(y)],
      implicitMidpoint: (y, h) => at(0.5).implicitMidpoint(y, h, "field"),
    };
  },
  parse: antisymmetric,
};
