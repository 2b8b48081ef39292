/** Every channel of every image with mean 0 and variance 1, times scale, plus shift: Ulyanov, Vedaldi & Lempitsky 2016. */
import { OdenetError } from "../core/errors.ts";
import { pickOptions } from "../core/registry.ts";
import { normalize } from "../operations/normalize.ts";
import { imageInput } from "./imageForm.ts";
import type { LayerKind } from "./layer.ts";
import { affineMap, type Normalization, type NormalizationOptions, normalizationRules } from "./normalization.ts";

export type InstanceNorm = Normalization<"instanceNorm">;

/**
 * `scale ∘ (y − μ) / √(σ² + ε) + shift`, mean and (biased) variance over the positions of each channel of each example.
 * Parameters scale, shift: [channels]. The same in training and after it.
 */
export function instanceNorm(options: NormalizationOptions = {}): InstanceNorm {
  return Object.freeze({ kind: "instanceNorm", ...pickOptions("instanceNorm", normalizationRules, options) });
}

export const instanceNormKind: LayerKind<InstanceNorm> = {
  kind: "instanceNorm",
  label: "instance normalisation",
  options: normalizationRules,
  takes: () => "image",
  layOut({ epsilon, affine }, input, name) {
    const where = `layer ${name} (instanceNorm)`;
    const [channels, height, width] = imageInput(input, where);
    const per = height * width;
    if (per === 1) {
      throw new OdenetError(
        "shape",
        `${where}: expected an image of more than one position, got 1 × 1, which is its own mean. Use layerNorm or batchNorm, or less pooling before it.`,
      );
    }
    const map = affineMap(name, channels, affine);
    return {
      output: [channels, height, width],
      parameters: map.parameters,
      record: (context, y) =>
        map.record(context, normalize(context.record, y, { norm: "instance", per, epsilon }).normalized, per),
    };
  },
  parse: instanceNorm,
};
