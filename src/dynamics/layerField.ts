/**
 * ẏ = σ(K y + b): the layer of a ResNet as a vector field (Haber & Ruthotto 2017, eq. 3).
 * Jacobian diag(σ'(K y + b)) K: its spectrum is unrestricted, so neither growth nor decay is excluded.
 * 1ᵀΣ(K y + b) has the derivative σᵀ ½(K + Kᵀ) σ: it falls where the symmetric part of K is negative semidefinite.
 */
import type { VectorField } from "../core/recording/field.ts";
import type { DataRules } from "../core/registry.ts";
import { affine, type FieldOptions, fieldOptions, fieldRules } from "./affine.ts";
import type { DynamicsData, DynamicsKind } from "./dynamics.ts";

export interface LayerField extends DynamicsData<"vector"> {
  readonly kind: "layerField";
}

/** `ẏ = σ(K y + b)`. Parameters K: [n_f, n_f], b: [n_f] (scalar: [1]). */
export function layerField(given: FieldOptions = {}): LayerField {
  return Object.freeze({ kind: "layerField", field: "vector", ...fieldOptions("layerField", options, given) });
}

const options: DataRules<LayerField> = fieldRules;

export const layerFieldKind: DynamicsKind<LayerField, VectorField> = {
  kind: "layerField",
  label: "residual",
  options,
  free: true,
  maps: (_dynamics, columns) => [{ suffix: "", rows: columns, columns }],
  field(dynamics, context) {
    const at = (c: number) => affine(context, dynamics, c);
    return {
      kind: "vector",
      energy: (y, c) => [at(c).potential(y)],
      at: (y, c) => [1, at(c).layer(y)],
      implicitMidpoint: (y, h) => at(0.5).implicitMidpoint(y, h, "field"),
    };
  },
  parse: layerField,
};
