/**
 * ẏ = σ(A y + b), A = scale · (K − Kᵀ − γ I) (Haber & Ruthotto 2017, eq. 11).
 * Jacobian diag(σ') A. For γ = 0 it is similar to the antisymmetric D^½ A D^½, D = diag(σ'): purely imaginary
 * eigenvalues where σ' ≥ 0; γ > 0 moves them to the left. Forward Euler is stable for none of the former.
 * Energy 1ᵀΣ(A y + b), Σ' = σ: constant for γ = 0, else its derivative is −γ · scale ‖σ‖².
 */
import type { VectorField } from "../core/field.ts";
import { activate } from "../operations/activation.ts";
import { implicitMidpoint } from "../operations/implicitMidpoint.ts";
import { product } from "../operations/product.ts";
import { skew } from "../operations/skew.ts";
import {
  affineParameters,
  biasRow,
  checkNumber,
  type Field,
  type FieldOptions,
  fieldOptions,
  potential,
  withBias,
} from "./affine.ts";
import { type DynamicsData, type DynamicsKind, matrixOf } from "./dynamics.ts";

export interface AntisymmetricOptions extends FieldOptions {
  /** γ, default 0: moves the spectrum to the left. */
  gamma?: number;
  /** Factor of K − Kᵀ − γ I, default 1. */
  scale?: number;
}

export interface Antisymmetric extends DynamicsData<"vector">, Field {
  readonly kind: "antisymmetric";
  readonly gamma: number;
  readonly scale: number;
}

/** `ẏ = σ(A y + b)`, `A = scale · (K − Kᵀ − γ I)`. Parameters K: [n_f, n_f], b: [n_f] (scalar: [1]). */
export function antisymmetric({ gamma = 0, scale = 1, ...options }: AntisymmetricOptions = {}): Antisymmetric {
  checkNumber("antisymmetric", "gamma", gamma);
  checkNumber("antisymmetric", "scale", scale);
  return Object.freeze({
    kind: "antisymmetric",
    field: "vector",
    ...fieldOptions("antisymmetric", options),
    gamma,
    scale,
  });
}

export const antisymmetricKind: DynamicsKind<Antisymmetric, VectorField> = {
  kind: "antisymmetric",
  parameters: ({ bias }, features) => affineParameters(bias, features, features),
  field({ activation, gamma, scale }, context) {
    const { record, weights } = context;
    // The core keeps Kᵀ (in × out) and needs Aᵀ = scale (Kᵀ − K − γ I): the same formula.
    const skewed = (c: number) => skew(record, matrixOf(weights(c), "K"), scale, -scale * gamma);
    return {
      energy: (y, c) => [potential(context, product(record, y, skewed(c)), weights(c).b, activation)],
      at(y, c) {
        const z = product(record, y, skewed(c));
        return [1, activate(record, withBias(context, z, weights(c).b), activation)];
      },
      implicitMidpoint(y, h) {
        const given = weights(0.5).b;
        const b = given && biasRow(context, given, y.columns);
        return implicitMidpoint(record, { y, A: skewed(0.5), b, activation, c: h / 2, form: "field" });
      },
    };
  },
  parse: (json) => antisymmetric(json as AntisymmetricOptions),
};
