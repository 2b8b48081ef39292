/** k parts of nearly equal size, each the validation of one split whose training are the others (Stone 1974). */
import { OdenetError } from "../core/errors.ts";
import { Random, streams } from "../core/random.ts";
import { countExamples, type Dataset, selectExamples } from "./dataset.ts";
import { checkSeed } from "./generator.ts";

export interface FoldOptions {
  /** True keeps the classes' shares in every part (labels must be class indices), default false. */
  stratified?: boolean;
  /** Seed of the order, default 0. */
  seed?: number;
}

/**
 * Splits data k times: each example is in the validation of exactly one of the splits. Examples of one group (`data.groups`) are
 * never parted. Throws `option` for a k below 2 or above the number of examples or groups.
 */
export function kFold<D extends Dataset>(
  data: D,
  k: number,
  { stratified = false, seed = 0 }: FoldOptions = {},
): { training: D; validation: D }[] {
  const n = countExamples(data, "kFold");
  checkSeed("kFold", seed);
  const units = groupsOf(data, n, new Random(seed, streams.shuffling).permutation(n), "kFold");
  if (!Number.isInteger(k) || k < 2 || k > units.length) {
    const what = data.groups ? "groups" : "examples";
    throw new OdenetError(
      "option",
      `kFold: expected k to be a whole number from 2 to the ${units.length} ${what}, got ${String(k)}. Five or ten is usual.`,
    );
  }
  const fold = new Uint32Array(n);
  const sizes = new Array<number>(k).fill(0);
  const ofClass = new Map<number, number[]>();
  for (const unit of units) {
    // The fold that has least of the unit's class, then least of all.
    const counts = stratified ? counted(ofClass, classOf(data, unit), k) : sizes;
    const chosen = least(counts, sizes);
    for (const example of unit) fold[example] = chosen;
    sizes[chosen] = (sizes[chosen] ?? 0) + unit.length;
    if (stratified) counts[chosen] = (counts[chosen] ?? 0) + unit.length;
  }
  const order = units.flat();
  return Array.from({ length: k }, (_, part) => ({
    training: selectExamples(data, Uint32Array.from(order.filter((i) => fold[i] !== part))),
    validation: selectExamples(data, Uint32Array.from(order.filter((i) => fold[i] === part))),
  }));
}

/** Examples that stay together, in the order in which the first of each comes; each example alone where there are no groups. */
export function groupsOf({ groups }: Dataset, n: number, order: ArrayLike<number>, where: string): number[][] {
  const examples = Array.from(order);
  if (!groups) return examples.map((example) => [example]);
  if (groups.length !== n) {
    throw new OdenetError(
      "length",
      `${where}: expected one group an example (${n}), got ${groups.length}. Check data.groups.`,
    );
  }
  const members = new Map<number, number[]>();
  for (const example of examples) {
    const group = groups[example] ?? 0;
    const found = members.get(group) ?? [];
    found.push(example);
    members.set(group, found);
  }
  return [...members.values()];
}

/** The class of most examples of a unit. */
function classOf({ labels }: Dataset, unit: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const example of unit) {
    const label = labels[example];
    if (typeof label !== "number" || !Number.isInteger(label)) {
      throw new OdenetError(
        "label",
        "kFold: expected one class index an example to stratify by, got other labels. Leave stratified out.",
      );
    }
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return [...counts].reduce((most, entry) => (entry[1] > most[1] ? entry : most), [-1, 0])[0];
}

function counted(counts: Map<number, number[]>, label: number, k: number): number[] {
  const found = counts.get(label) ?? new Array<number>(k).fill(0);
  counts.set(label, found);
  return found;
}

function least(counts: readonly number[], sizes: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < counts.length; i++) {
    const less = (counts[i] ?? 0) - (counts[best] ?? 0) || (sizes[i] ?? 0) - (sizes[best] ?? 0);
    if (less < 0) best = i;
  }
  return best;
}
