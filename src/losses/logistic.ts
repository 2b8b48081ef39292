/** −1/n Σ ( c s − log(1 + eˢ) ) for one score; P(class 1) = 1 / (1 + e⁻ˢ). */
import { activate } from "../operations/activation.ts";
import { type LossEntry, makeLoss } from "./loss.ts";

export interface Logistic {
  readonly kind: "logistic";
}

/** Logistic loss of one score. Labels: 0 or 1, or probabilities of class 1. Classes are told apart at probability ½. */
export function logistic(): Logistic {
  return makeLoss(logisticEntry, {});
}

export const logisticEntry: LossEntry & { readonly name: "logistic" } = {
  name: "logistic",
  label: "logistic",
  code: 1,
  labels: "binary",
  scores: 1,
  options: {},
  probabilities: (record, scores) => activate(record, scores, "sigmoid"),
};
