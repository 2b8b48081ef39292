/** Every channel, or feature, with mean 0 and variance 1 over a batch, times scale, plus shift: Ioffe & Szegedy 2015. */
import { type DataRules, pickOptions } from "../core/registry.ts";
import { learnStatistics, leastExamples, MOMENTUM, normalizeOverBatch, runningStatistics } from "./batchStatistics.ts";
import type { LayerKind } from "./layer.ts";
import { affineMap, type Normalization, type NormalizationOptions, normalizationRules } from "./normalization.ts";
import { isImage } from "./shape.ts";

export interface BatchNormOptions extends NormalizationOptions {
  /** Share of the latest batch in the running statistics, from 0 to 1, default 0.1. */
  momentum?: number;
}

export interface BatchNorm extends Normalization<"batchNorm"> {
  readonly momentum: number;
}

/**
 * `scale ∘ (y − μ) / √(σ² + ε) + shift`. `value`, `gradient`, their derivatives and training take mean and (biased) variance of
 * the batch, over its examples and, for images, their positions: n numbers. `scores`, `predict`, `evaluate` and
 * `jacobianVector`, `vectorJacobian`, which differentiate the scores, take the running ones, `<layer>.mean` and
 * `<layer>.variance`, 0 and 1 at first. A step of `train` or `fit` moves them towards the batch's:
 * `(1 − momentum) running + momentum · batch`, where the variance counts as n / (n − 1) σ², the unbiased estimate, as in PyTorch.
 *
 * A batch is never computed in pieces, however large. Throws `length` for a batch of one example of plain features, which is
 * its own mean; one image of several positions will do. Parameters scale, shift: [channels] or [n_f].
 */
export function batchNorm(given: BatchNormOptions = {}): BatchNorm {
  return Object.freeze({ kind: "batchNorm", ...pickOptions("batchNorm", options, given) });
}

const options: DataRules<BatchNorm> = {
  ...normalizationRules,
  momentum: { kind: "number", label: "share of the latest batch", from: 0, to: 1, initial: MOMENTUM },
};

export const batchNormKind: LayerKind<BatchNorm> = {
  kind: "batchNorm",
  label: "batch normalisation",
  options,
  takes: (_layer, input) => (isImage(input) ? "image" : undefined),
  layOut({ epsilon, affine, momentum }, input, name) {
    const [channels, per] = isImage(input) ? [input[0], input[1] * input[2]] : [input, 1];
    const map = affineMap(name, channels, affine);
    const running = runningStatistics(name, channels);
    const { mean, variance } = running;
    return {
      output: input,
      parameters: map.parameters,
      state: [mean, variance],
      joins: leastExamples(per),
      record(context, y) {
        const normal = normalizeOverBatch(context, y, {
          epsilon,
          where: `layer ${name} (batchNorm)`,
          running: () => ({ mean: context.state(mean.name), variance: context.state(variance.name) }),
          learn: (batch) => learnStatistics(context, running, batch, { n: y.rows, share: momentum }),
        });
        return map.record(context, normal, per);
      },
    };
  },
  parse: batchNorm,
};
