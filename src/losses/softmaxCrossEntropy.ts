/** 1/n Σ_i ( −c_iᵀ s_i + log Σ_k exp s_ik ), without overflow. */
import { softmax } from "../operations/softmax.ts";
import { type LossEntry, makeLoss } from "./loss.ts";

export interface SoftmaxCrossEntropy {
  readonly kind: "softmaxCrossEntropy";
}

/** Softmax cross-entropy. Labels: class indices, or rows (one-hot, probabilities) of one number a class. */
export function softmaxCrossEntropy(): SoftmaxCrossEntropy {
  return makeLoss(softmaxCrossEntropyEntry, {});
}

export const softmaxCrossEntropyEntry: LossEntry & { readonly name: "softmaxCrossEntropy" } = {
  name: "softmaxCrossEntropy",
  label: "softmax cross-entropy",
  code: 0,
  labels: "classes",
  leastScores: 2,
  options: {},
  probabilities: softmax,
};
