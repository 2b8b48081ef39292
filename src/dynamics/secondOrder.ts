/**
 * ÿ = −Kᵀ σ(K y + b), ẏ(0) = 0 (Ruthotto & Haber 2020, section 3.2): waves, K is hidden × n_f.
 * As a first-order system its Jacobian is [[0, I], [−Kᵀ diag(σ') K, 0]]: purely imaginary eigenvalues where σ' ≥ 0.
 * Energy ½‖ẏ‖² + 1ᵀΣ(K y + b) is constant.
 */
import type { SecondOrderField } from "../core/recording/field.ts";
import type { DataRules } from "../core/registry.ts";
import { affine, type FieldOptions, fieldOptions, fieldRules, hiddenRule } from "./affine.ts";
import type { DynamicsData, DynamicsKind } from "./dynamics.ts";

export interface SecondOrderOptions extends FieldOptions {
  /** Rows of K, default n_f; with convolutions, channels. */
  hidden?: number;
}

export interface SecondOrder extends DynamicsData<"secondOrder"> {
  readonly kind: "secondOrder";
  readonly hidden?: number;
}

/** `ÿ = −Kᵀ σ(K y + b)`, `ẏ(0) = 0`. Parameters K: [hidden, n_f], b: [hidden] (scalar: [1]). */
export function secondOrder(given: SecondOrderOptions = {}): SecondOrder {
  return Object.freeze({ kind: "secondOrder", field: "secondOrder", ...fieldOptions("secondOrder", options, given) });
}

const options: DataRules<SecondOrder> = {
  ...fieldRules,
  hidden: hiddenRule,
};

export const secondOrderKind: DynamicsKind<SecondOrder, SecondOrderField> = {
  kind: "secondOrder",
  label: "second order",
  options,
  maps: ({ hidden }, columns) => [{ suffix: "", rows: hidden ?? columns, columns }],
  field(dynamics, context) {
    const at = (c: number) => affine(context, dynamics, c);
    return {
      kind: "secondOrder",
      energy: (y, c) => [at(c).potential(y)],
      acceleration: (y, c) => [-1, at(c).gradient(y)],
    };
  },
  parse: secondOrder,
};
