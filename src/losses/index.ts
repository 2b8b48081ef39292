import { type LeastSquares, leastSquares, leastSquaresKind } from "./leastSquares.ts";
import { type Logistic, logistic, logisticKind } from "./logistic.ts";
import type { LossKind } from "./loss.ts";
import { type SoftmaxCrossEntropy, softmaxCrossEntropy, softmaxCrossEntropyKind } from "./softmaxCrossEntropy.ts";

export { leastSquares, logistic, softmaxCrossEntropy };

/** Every loss, as plain data. */
export type Loss = SoftmaxCrossEntropy | Logistic | LeastSquares;

/** Every loss's factory by kind. */
export const losses = { softmaxCrossEntropy, logistic, leastSquares };

/** The rules of every loss. */
export const lossKinds: Readonly<Record<Loss["kind"], LossKind>> = {
  softmaxCrossEntropy: softmaxCrossEntropyKind,
  logistic: logisticKind,
  leastSquares: leastSquaresKind,
};
