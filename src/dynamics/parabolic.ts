/**
 * ẏ = −Kᵀ σ(K y + b) (Ruthotto & Haber 2020, section 3.1): heat flow, K is hidden × n_f.
 * Jacobian −Kᵀ diag(σ') K: symmetric negative semidefinite where σ' ≥ 0. Energy 1ᵀΣ(K y + b) falls at the rate ‖Kᵀσ‖².
 */
import type { VectorField } from "../core/field.ts";
import { implicitMidpoint } from "../operations/implicitMidpoint.ts";
import { product } from "../operations/product.ts";
import {
  affineParameters,
  biasRow,
  checkHidden,
  type Field,
  type FieldOptions,
  fieldOptions,
  potential,
  symmetricLayer,
} from "./affine.ts";
import { type DynamicsData, type DynamicsKind, matrixOf } from "./dynamics.ts";

export interface ParabolicOptions extends FieldOptions {
  /** Rows of K, default n_f. */
  hidden?: number;
}

export interface Parabolic extends DynamicsData<"vector">, Field {
  readonly kind: "parabolic";
  readonly hidden?: number;
}

/** `ẏ = −Kᵀ σ(K y + b)`. Parameters K: [hidden, n_f], b: [hidden] (scalar: [1]). */
export function parabolic({ hidden, ...options }: ParabolicOptions = {}): Parabolic {
  checkHidden("parabolic", hidden);
  const field = fieldOptions("parabolic", options);
  return Object.freeze({ kind: "parabolic", field: "vector", ...field, ...(hidden === undefined ? {} : { hidden }) });
}

export const parabolicKind: DynamicsKind<Parabolic, VectorField> = {
  kind: "parabolic",
  parameters: ({ bias, hidden }, features) => affineParameters(bias, hidden ?? features, features),
  field({ activation }, context) {
    const { record, weights } = context;
    return {
      energy: (y, c) => [potential(context, product(record, y, matrixOf(weights(c), "K")), weights(c).b, activation)],
      at: (y, c) => [-1, symmetricLayer(context, y, matrixOf(weights(c), "K"), weights(c).b, activation)],
      implicitMidpoint(y, h) {
        const K = matrixOf(weights(0.5), "K");
        const given = weights(0.5).b;
        const b = given && biasRow(context, given, K.columns);
        return implicitMidpoint(record, { y, A: K, b, activation, c: h / 2, form: "gradient" });
      },
    };
  },
  parse: (json) => parabolic(json as ParabolicOptions),
};
