/** 1/n Σ_i ( −c_iᵀ s_i + log Σ_k exp s_ik ), without overflow. */
import { lossCodes } from "../operations/loss.ts";
import { softmax } from "../operations/softmax.ts";
import type { LossKind } from "./loss.ts";

export interface SoftmaxCrossEntropy {
  readonly kind: "softmaxCrossEntropy";
}

/** Softmax cross-entropy. Labels: class indices, or rows (one-hot, probabilities) of one number a class. */
export function softmaxCrossEntropy(): SoftmaxCrossEntropy {
  return Object.freeze({ kind: "softmaxCrossEntropy" });
}

export const softmaxCrossEntropyKind: LossKind = {
  code: lossCodes.softmax,
  labels: "classes",
  probabilities: softmax,
};
