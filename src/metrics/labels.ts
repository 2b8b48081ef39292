/** How good several independent labels are, each at the threshold ½. */
import { scores } from "./classification.ts";

export interface LabelsReport {
  /** Of each label. */
  readonly precision: Float64Array;
  readonly recall: Float64Array;
  readonly f1: Float64Array;
  /** Share of labels that are wrong, over all examples and labels. */
  readonly hamming: number;
}

/** `truth` and `probabilities` are n × k numbers, example by example; with a mask, labels where it is 0 do not count. */
export function labelsReport(
  truth: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  k: number,
  mask?: ArrayLike<number>,
): LabelsReport {
  const counts = Array.from({ length: k }, () => ({ right: 0, said: 0, are: 0 }));
  let wrong = 0;
  let all = 0;
  for (let i = 0; i < truth.length; i++) {
    const count = counts[i % k];
    if (!count || mask?.[i] === 0) continue;
    const is = (truth[i] ?? 0) >= 0.5;
    const says = (probabilities[i] ?? 0) >= 0.5;
    if (is && says) count.right++;
    if (says) count.said++;
    if (is) count.are++;
    if (is !== says) wrong++;
    all++;
  }
  const rates = counts.map(({ right, said, are }) => scores(right, said, are));
  return {
    precision: Float64Array.from(rates, ({ precision }) => precision),
    recall: Float64Array.from(rates, ({ recall }) => recall),
    f1: Float64Array.from(rates, ({ f1 }) => f1),
    hamming: wrong / all,
  };
}
