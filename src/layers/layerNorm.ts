/** All numbers of an example with mean 0 and variance 1, times scale, plus shift: Ba, Kiros & Hinton 2016. */
import { OdenetError } from "../core/errors.ts";
import { pickOptions } from "../core/registry.ts";
import { normalize } from "../operations/normalize.ts";
import { asFeatures } from "./imageForm.ts";
import type { LayerKind } from "./layer.ts";
import { affineMap, type Normalization, type NormalizationOptions, normalizationRules } from "./normalization.ts";
import type { ParameterSpec } from "./parameters.ts";
import { featureCount, type ImageShape, isImage } from "./shape.ts";

export type LayerNorm = Normalization<"layerNorm">;

/**
 * `scale ∘ (y − μ) / √(σ² + ε) + shift`, mean and (biased) variance over all numbers of each example. Parameters scale, shift:
 * [n_f], or [channels, height, width] for images. The same in training and after it.
 */
export function layerNorm(options: NormalizationOptions = {}): LayerNorm {
  return Object.freeze({ kind: "layerNorm", ...pickOptions("layerNorm", normalizationRules, options) });
}

/** A row of numbers, one a feature, shown in the image's shape. */
function inShape(row: ParameterSpec, shape: ImageShape): ParameterSpec {
  const fine = [{ length: row.columns, on: "column", step: 1 }] as const;
  return { ...row, shape, axes: ["column", "column", "column"], fine };
}

export const layerNormKind: LayerKind<LayerNorm> = {
  kind: "layerNorm",
  label: "layer normalisation",
  options: normalizationRules,
  layOut({ epsilon, affine }, input, name) {
    const features = featureCount(input);
    if (features === 1) {
      throw new OdenetError(
        "shape",
        `layer ${name} (layerNorm): expected more than one feature, got 1, which is its own mean. Leave the layer out, or use batchNorm.`,
      );
    }
    const map = affineMap(name, features, affine);
    return {
      output: input,
      parameters: isImage(input) ? map.parameters.map((p) => inShape(p, input)) : map.parameters,
      record(context, y) {
        const plain = asFeatures(context.record, y, input);
        return map.record(context, normalize(context.record, plain, { norm: "layer", epsilon }).normalized, 1);
      },
    };
  },
  parse: layerNorm,
};
