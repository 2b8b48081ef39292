/**
 * ẏ = σ(K y + b): the layer of a ResNet as a vector field (Haber & Ruthotto 2017, eq. 3).
 * Jacobian diag(σ'(K y + b)) K: its spectrum is unrestricted, so neither growth nor decay is excluded.
 * 1ᵀΣ(K y + b) has the derivative σᵀ ½(K + Kᵀ) σ: it falls where the symmetric part of K is negative semidefinite.
 */
import type { VectorField } from "../core/field.ts";
import { activate } from "../operations/activation.ts";
import { implicitMidpoint } from "../operations/implicitMidpoint.ts";
import { product } from "../operations/product.ts";
import {
  affineParameters,
  biasRow,
  type Field,
  type FieldOptions,
  fieldOptions,
  potential,
  withBias,
} from "./affine.ts";
import { type DynamicsData, type DynamicsKind, matrixOf } from "./dynamics.ts";

export interface LayerField extends DynamicsData<"vector">, Field {
  readonly kind: "layerField";
}

/** `ẏ = σ(K y + b)`. Parameters K: [n_f, n_f], b: [n_f] (scalar: [1]). */
export function layerField(options: FieldOptions = {}): LayerField {
  return Object.freeze({ kind: "layerField", field: "vector", ...fieldOptions("layerField", options) });
}

export const layerFieldKind: DynamicsKind<LayerField, VectorField> = {
  kind: "layerField",
  parameters: ({ bias }, features) => affineParameters(bias, features, features),
  field({ activation }, context) {
    const { record, weights } = context;
    return {
      energy: (y, c) => [potential(context, product(record, y, matrixOf(weights(c), "K")), weights(c).b, activation)],
      at(y, c) {
        const w = weights(c);
        return [1, activate(record, withBias(context, product(record, y, matrixOf(w, "K")), w.b), activation)];
      },
      implicitMidpoint(y, h) {
        const w = weights(0.5);
        const b = w.b && biasRow(context, w.b, y.columns);
        return implicitMidpoint(record, { y, A: matrixOf(w, "K"), b, activation, c: h / 2, form: "field" });
      },
    };
  },
  parse: (json) => layerField(json as FieldOptions),
};
