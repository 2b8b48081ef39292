/** permutation π of 0 … n−1 by seed: validation = the first examples of π, training = the rest, both in π's order. */
import { OdenetError } from "../core/errors.ts";
import { Random, streams } from "../core/random.ts";
import { countExamples, type Dataset, selectExamples } from "./dataset.ts";
import { groupsOf } from "./folds.ts";
import { checkSeed } from "./generator.ts";

/** Options of `split`. */
export interface SplitOptions {
  /** How much to set aside: a fraction below 1 (rounded to whole examples) or a number of examples, default 0.2. */
  validation?: number;
  /** Seed of the permutation, default 0. */
  seed?: number;
  /** True keeps the classes' shares in both parts (labels must be class indices), default false. */
  stratified?: boolean;
}

/**
 * Splits data at random: each example is in exactly one of the two parts. Arrays are copied. Throws `option` where a
 * part would be empty, `label` where stratified data have a class of one example or labels that are no indices.
 */
export function split<D extends Dataset>(data: D, options: SplitOptions = {}): { training: D; validation: D } {
  const { validation = 0.2, seed = 0, stratified = false } = options;
  const n = countExamples(data, "split");
  checkSeed("split", seed);
  const size = validation < 1 ? Math.round(validation * n) : validation;
  if (!Number.isInteger(size) || size < 1 || size >= n) {
    throw new OdenetError(
      "option",
      `split: expected validation to leave at least 1 of ${n} examples in each part, got ${String(validation)}. Give a fraction such as 0.2, or a number of examples.`,
    );
  }
  const order = new Random(seed, streams.shuffling).permutation(n);
  const chosen = new Uint8Array(n); // by position in the permutation
  if (data.groups) chooseGroups(data, order, size, stratified, chosen);
  else if (stratified) {
    const classes = classIndices(data, n);
    const quota = shares(data, classes, size);
    order.forEach((example, i) => {
      const label = classes[example] as number;
      const left = quota.get(label) as number;
      if (left > 0) {
        chosen[i] = 1;
        quota.set(label, left - 1);
      }
    });
  } else chosen.fill(1, 0, size);
  return {
    training: selectExamples(
      data,
      order.filter((_, i) => chosen[i] === 0),
    ),
    validation: selectExamples(
      data,
      order.filter((_, i) => chosen[i] === 1),
    ),
  };
}

/** Whole groups, in the order of the permutation, while they fit; with `stratified` while the share of each class has room. */
function chooseGroups(data: Dataset, order: Uint32Array, size: number, stratified: boolean, chosen: Uint8Array): void {
  const n = order.length;
  const place = new Uint32Array(n);
  for (const [i, example] of order.entries()) place[example] = i;
  const classes = stratified ? classIndices(data, n) : undefined;
  const room = classes ? shares(data, classes, size) : new Map<number, number>();
  let left = size;
  const units = groupsOf(data, n, order, "split");
  const training = units.length;
  let taken = 0;
  for (const unit of units) {
    const labels = classes ? unit.map((example) => classes[example] ?? 0) : [];
    const fits = labels.every((label) => (room.get(label) ?? 0) > 0);
    // Half of a group may go beyond the size: the nearest there is.
    if (taken === training - 1 || unit.length > 2 * left || !fits) continue;
    for (const label of labels) room.set(label, (room.get(label) ?? 0) - 1);
    for (const example of unit) chosen[place[example] ?? 0] = 1;
    left -= unit.length;
    taken++;
    if (left <= 0) break;
  }
  if (taken === 0) {
    throw new OdenetError(
      "option",
      `split: expected groups that can be parted into ${n - size} and ${size} examples, got ${training} of ${n} examples. Set more aside, or leave groups out.`,
    );
  }
}

function classIndices({ labels }: Dataset, n: number): ArrayLike<number> {
  const indices = labels as ArrayLike<number>;
  let valid = indices.length === n;
  for (let i = 0; valid && i < n; i++) valid = Number.isInteger(indices[i]) && (indices[i] as number) >= 0;
  if (!valid) {
    throw new OdenetError(
      "label",
      "split: expected one class index an example to stratify by, got other labels. Leave stratified out.",
    );
  }
  return indices;
}

/** Whole numbers near size · n_c / n that add up to size and leave each class an example for training. */
function shares({ classes: names }: Dataset, classes: ArrayLike<number>, size: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let i = 0; i < classes.length; i++) {
    counts.set(classes[i] as number, (counts.get(classes[i] as number) ?? 0) + 1);
  }
  for (const [label, count] of counts) {
    if (count > 1) continue;
    throw new OdenetError(
      "label",
      `split: expected at least 2 examples of each class to stratify, got 1 of class ${JSON.stringify(names?.[label] ?? label)}. Drop that example, or leave stratified out.`,
    );
  }
  if (size > classes.length - counts.size) {
    throw new OdenetError(
      "option",
      `split: expected validation to leave an example of each of ${counts.size} classes for training, got ${size} of ${classes.length}. Set fewer aside.`,
    );
  }
  const labels = [...counts.keys()].sort((a, b) => a - b);
  const exact = (label: number) => (size * (counts.get(label) as number)) / classes.length;
  const quota = new Map(
    labels.map((label) => [label, Math.min(Math.floor(exact(label)), (counts.get(label) as number) - 1)]),
  );
  const lack = (label: number) =>
    (quota.get(label) as number) < (counts.get(label) as number) - 1
      ? exact(label) - (quota.get(label) as number)
      : Number.NEGATIVE_INFINITY;
  let missing = size - [...quota.values()].reduce((a, b) => a + b, 0);
  for (; missing > 0; missing--) {
    const neediest = labels.reduce((a, b) => (lack(b) > lack(a) ? b : a));
    quota.set(neediest, (quota.get(neediest) as number) + 1);
  }
  return quota;
}
