/** −1/n Σ_i Σ_k ( c_ik s_ik − log(1 + exp s_ik) ); P(label k) = 1 / (1 + e⁻ˢ). */
import { activate } from "../operations/activation.ts";
import { type LossEntry, makeLoss } from "./loss.ts";

export interface Logistic {
  readonly kind: "logistic";
}

/**
 * Logistic loss, each score a label of its own. Labels: 0 or 1, or probabilities. One score: two classes, told apart at
 * probability ½. Several: label rows; `predict` gives `labels` in place of classes.
 */
export function logistic(): Logistic {
  return makeLoss(logisticEntry, {});
}

export const logisticEntry: LossEntry & { readonly name: "logistic" } = {
  name: "logistic",
  label: "logistic",
  code: 1,
  labels: "binary",
  options: {},
  probabilities: (record, scores) => activate(record, scores, "sigmoid"),
};
