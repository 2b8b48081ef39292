/** What the normalising layers have in common: ε, and y = s ∘ x̂ + t with parameters `scale` s and `shift` t, 1 and 0 at first. */
import { OdenetError } from "../core/errors.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import { rowAffine } from "../operations/rowAffine.ts";
import { type LayerContext, type ParameterSpec, rowParameter } from "./parameters.ts";
import { checkBoolean, show } from "./shape.ts";

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

/** The checked options with their defaults. */
export function normalizationOf<K extends string>(
  kind: K,
  { epsilon = 1e-5, affine = true }: NormalizationOptions,
): Normalization<K> {
  if (!(Number.isFinite(epsilon) && epsilon > 0)) {
    throw new OdenetError("option", `${kind}: expected epsilon to be a positive number, got ${show(epsilon)}.`);
  }
  checkBoolean(affine, kind, "affine");
  return { kind, epsilon, affine };
}

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
