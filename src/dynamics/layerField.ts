/**
 * ẏ = σ(K y + b): the layer of a ResNet as a vector field (Haber & Ruthotto 2017, eq. 3).
 * Jacobian diag(σ'(K y + b)) K: its spectrum is unrestricted, so neither growth nor decay is excluded.
 */
import { OdenetError } from "../core/errors.ts";
import { type ActivationName, activate, activations } from "../operations/activation.ts";
import { addBias } from "../operations/bias.ts";
import { product } from "../operations/product.ts";
import type { DynamicsData, DynamicsKind } from "./dynamics.ts";

export interface LayerFieldOptions {
  /** σ, default `"tanh"`. */
  activation?: ActivationName;
  /** Whether b is there, default true. */
  bias?: boolean;
}

export interface LayerField extends DynamicsData<"vector"> {
  readonly kind: "layerField";
  readonly activation: ActivationName;
  readonly bias: boolean;
}

/** `ẏ = σ(K y + b)`. Parameters K: [n_f, n_f], b: [n_f]. */
export function layerField({ activation = "tanh", bias = true }: LayerFieldOptions = {}): LayerField {
  if (!Object.hasOwn(activations, activation)) {
    throw new OdenetError(
      "name",
      `layerField: expected activation to be one of ${Object.keys(activations).join(", ")}, got ${JSON.stringify(activation)}.`,
    );
  }
  return Object.freeze({ kind: "layerField", field: "vector", activation, bias });
}

export const layerFieldKind: DynamicsKind<LayerField> = {
  kind: "layerField",
  parameters({ bias }, features) {
    const K = { letter: "K", shape: [features, features] as const };
    return bias ? [K, { letter: "b", shape: [features] as const }] : [K];
  },
  record({ activation }, record, { K, b }, y) {
    if (!K) throw new Error("layerField: K is missing");
    const z = product(record, y, K);
    return activate(record, b ? addBias(record, z, b) : z, activation);
  },
  parse: (json) => layerField(json as LayerFieldOptions),
};
