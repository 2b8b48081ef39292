/** What the normalising layers have in common: ε, and y = s ∘ x̂ + t with parameters `scale` s and `shift` t, 1 and 0 at first. */
import type { Tensor } from "../core/recording/tensor.ts";
import type { Rules } from "../core/registry.ts";
import { rowAffine } from "../operations/rowAffine.ts";
import { type LayerContext, type ParameterSpec, rowParameter } from "./parameters.ts";

export interface NormalizationOptions {
  /** ε > 0, default 1e-5. */
  epsilon?: number;
  /** Whether scale and shift are there, default true. */
  affine?: boolean;
}

export interface Normalization<K extends string> {
  readonly kind: K;
  readonly epsilon: number;
  readonly affine: boolean;
}

/** Rules for the common options. */
export const normalizationRules: Rules<Omit<Normalization<string>, "kind">> = {
  epsilon: { kind: "number", label: "ε", above: 0, initial: 1e-5 },
  affine: { kind: "boolean", label: "scale and shift", initial: true },
};

/** Parameters scale and shift of `length` numbers, and their map; neither where not `affine`. */
export function affineMap(name: string, length: number, affine: boolean) {
  const scale = rowParameter(`${name}.scale`, length, undefined, "one");
  const shift = rowParameter(`${name}.shift`, length);
  const parameters: readonly ParameterSpec[] = affine ? [scale, shift] : [];
  return {
    parameters,
    /** s ∘ x̂ + t; `per` counts the rows of an example. */
    record: ({ record, parameter }: LayerContext, x: Tensor, per: number): Tensor =>
      affine ? rowAffine(record, x, parameter(scale.name), parameter(shift.name), undefined, per) : x,
  };
}
