/** −1/n Σ ( c s − log(1 + eˢ) ) for one score; P(class 1) = 1 / (1 + e⁻ˢ). */
import { activate } from "../operations/activation.ts";
import { lossCodes } from "../operations/loss.ts";
import type { LossKind } from "./loss.ts";

export interface Logistic {
  readonly kind: "logistic";
}

/** Logistic loss of one score. Labels: 0 or 1, or probabilities of class 1. Classes are told apart at probability ½. */
export function logistic(): Logistic {
  return Object.freeze({ kind: "logistic" });
}

export const logisticKind: LossKind = {
  code: lossCodes.logistic,
  labels: "binary",
  probabilities: (record, scores) => activate(record, scores, "sigmoid"),
};
