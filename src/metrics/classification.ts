/** How good predicted classes are: counts of truth against prediction, and what is made of them. */

export interface ClassificationReport {
  readonly accuracy: number;
  /** Mean of the classes' recalls. */
  readonly balancedAccuracy: number;
  /** k · k counts, rows truth, columns prediction. */
  readonly confusion: Int32Array;
  /** Of each class: right among those predicted as it, right among those that are it, their harmonic mean; 0 where there are none. */
  readonly precision: Float64Array;
  readonly recall: Float64Array;
  readonly f1: Float64Array;
  /** Mean over the classes that occur, in truth or prediction. */
  readonly macroF1: number;
  /** Two classes: the probability that an example of class 1 gets a larger P(class 1) than one of class 0, ties counting half. */
  readonly auc?: number;
  /** Mean of −log P(true class), with P of at least 1e-15. */
  readonly logLoss: number;
}

/** Probabilities are n × k numbers, example by example. */
export function classificationReport(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  k: number,
): ClassificationReport {
  const n = truth.length;
  const confusion = new Int32Array(k * k);
  let logLoss = 0;
  for (let i = 0; i < n; i++) {
    const own = number(truth, i);
    const at = own * k + number(predicted, i);
    confusion[at] = number(confusion, at) + 1;
    logLoss -= Math.log(Math.max(1e-15, number(probabilities, i * k + own)));
  }
  const rates = Array.from({ length: k }, (_, c) => {
    const right = number(confusion, c * k + c);
    let are = 0;
    let said = 0;
    for (let j = 0; j < k; j++) {
      are += number(confusion, c * k + j);
      said += number(confusion, j * k + c);
    }
    return { right, are, said, ...scores(right, said, are) };
  });
  const seen = rates.filter(({ are, said }) => are + said > 0);
  const present = rates.filter(({ are }) => are > 0);
  const auc = k === 2 ? areaUnderCurve(truth, (i) => number(probabilities, 2 * i + 1)) : undefined;
  return {
    accuracy: rates.reduce((sum, { right }) => sum + right, 0) / n,
    balancedAccuracy: present.reduce((sum, { recall }) => sum + recall, 0) / present.length,
    confusion,
    precision: Float64Array.from(rates, ({ precision }) => precision),
    recall: Float64Array.from(rates, ({ recall }) => recall),
    f1: Float64Array.from(rates, ({ f1 }) => f1),
    macroF1: seen.reduce((sum, { f1 }) => sum + f1, 0) / seen.length,
    ...(auc === undefined ? {} : { auc }),
    logLoss: logLoss / n,
  };
}

const number = (values: ArrayLike<number>, i: number): number => values[i] ?? Number.NaN;

/** Precision, recall and F1 from counts: right ones, those said, those that are. */
export function scores(right: number, said: number, are: number): { precision: number; recall: number; f1: number } {
  const share = (of: number) => (of > 0 ? right / of : 0);
  return { precision: share(said), recall: share(are), f1: said + are > 0 ? (2 * right) / (said + are) : 0 };
}

/** Mann & Whitney 1947: the rank sum of class 1, ties at their mean rank; undefined where one class has no example. */
export function areaUnderCurve(truth: ArrayLike<number>, score: (i: number) => number): number | undefined {
  const order = Array.from({ length: truth.length }, (_, i) => ({ score: score(i), one: number(truth, i) === 1 }));
  order.sort((a, b) => a.score - b.score);
  let ranks = 0;
  let ones = 0;
  for (let i = 0; i < order.length; ) {
    let end = i;
    let tied = 0;
    while (end < order.length && order[end]?.score === order[i]?.score) if (order[end++]?.one) tied++;
    ranks += tied * ((i + end + 1) / 2);
    ones += tied;
    i = end;
  }
  const zeros = order.length - ones;
  return ones === 0 || zeros === 0 ? undefined : (ranks - (ones * (ones + 1)) / 2) / (ones * zeros);
}
