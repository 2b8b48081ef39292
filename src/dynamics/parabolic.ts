/**
 * ẏ = −Kᵀ σ(K y + b) (Ruthotto & Haber 2020, section 3.1): heat flow, K is hidden × n_f.
 * Jacobian −Kᵀ diag(σ') K: symmetric negative semidefinite where σ' ≥ 0. Energy 1ᵀΣ(K y + b) falls at the rate ‖Kᵀσ‖².
 */
import type { VectorField } from "../core/recording/field.ts";
import type { DataRules } from "../core/registry.ts";
import { affine, type FieldOptions, fieldOptions, fieldRules, hiddenRule } from "./affine.ts";
import type { DynamicsData, DynamicsKind } from "./dynamics.ts";

export interface ParabolicOptions extends FieldOptions {
  /** Rows of K, default n_f; with convolutions, channels. */
  hidden?: number;
}

export interface Parabolic extends DynamicsData<"vector"> {
  readonly kind: "parabolic";
  readonly hidden?: number;
}

/** `ẏ = −Kᵀ σ(K y + b)`. Parameters K: [hidden, n_f], b: [hidden] (scalar: [1]). */
export function parabolic(given: ParabolicOptions = {}): Parabolic {
  return Object.freeze({ kind: "parabolic", field: "vector", ...fieldOptions("parabolic", options, given) });
}

const options: DataRules<Parabolic> = {
  ...fieldRules,
  hidden: hiddenRule,
};

export const parabolicKind: DynamicsKind<Parabolic, VectorField> = {
  kind: "parabolic",
  label: "parabolic",
  options,
  maps: ({ hidden }, columns) => [{ suffix: "", rows: hidden ?? columns, columns }],
  field(dynamics, context) {
    const at = (c: number) => affine(context, dynamics, c);
    return {
      kind: "vector",
      energy: (y, c) => [at(c).potential(y)],
      at: (y, c) => [-1, at(c).gradient(y)],
      implicitMidpoint: (y, h) => at(0.5).implicitMidpoint(y, h, "gradient"),
    };
  },
  parse: parabolic,
};
