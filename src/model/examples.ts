/** Features and labels as the API takes them, checked once, and written into the arena row by row. */

import { OdenetError } from "../core/errors.ts";
import type { Numbers } from "../core/host/memory.ts";
import { nth } from "../core/nth.ts";
import { type FeatureShape, featureCount, isImage, show } from "../layers/shape.ts";
import type { LossEntry } from "../losses/loss.ts";
import type { Mask } from "./importances.ts";

/** n · n_f numbers example by example, or one array an example; bytes are multiplied by `scale`. */
export type Features = Float32Array | Float64Array | Uint8Array | readonly number[] | readonly ArrayLike<number>[];

/** Class indices, or target rows (n · outputs numbers, or one array an example). */
export type Labels = ArrayLike<number> | readonly ArrayLike<number>[];

export interface Data {
  readonly features: Features;
  readonly labels: Labels;
  /** Factor of `Uint8Array` features, default 1/255. */
  readonly scale?: number;
  /** One number ≥ 0 an example: how often it counts in the loss, scaled to mean 1 over the data unless the loss is a sum. */
  readonly weights?: ArrayLike<number>;
  /** As long as target rows: 0 leaves a number out of the loss, whatever stands there. Not with softmaxCrossEntropy. */
  readonly mask?: Mask;
  /** Names of the classes: the model's, where it has some, in any order. */
  readonly classes?: readonly string[];
}

/** n rows of `width` numbers from anywhere. */
export interface Rows {
  readonly count: number;
  /** Writes rows `order[first] … order[first + count − 1]` (or first …) to `target[at …]`, `stride` numbers apart. */
  write(target: Numbers, at: number, stride: number, first: number, count: number, order?: ArrayLike<number>): void;
}

type Nested = readonly ArrayLike<number>[];
function isNested(values: ArrayLike<number> | Nested): values is Nested {
  return typeof values[0] === "object" && values[0] !== null;
}

function notFinite(where: string, what: string, value: unknown, i: number, k: number): OdenetError {
  return new OdenetError(
    "value",
    `${where}: expected finite ${what}, got ${String(value)} in example ${i}, number ${k}. Replace or drop missing values first.`,
  );
}

/** Checks n · width numbers. For errors, `what` names them, `each` says how many an example has. */
export function rowsOf(
  values: Features | Labels,
  width: number,
  where: string,
  what: string,
  { scale, each = `${width}` }: { scale?: number; each?: string } = {},
): Rows {
  if (typeof values !== "object" || values === null || typeof values.length !== "number") {
    throw new OdenetError("shape", `${where}: expected ${what} as an array of numbers, got ${show(values)}.`);
  }
  if (values.length === 0) {
    throw new OdenetError("length", `${where}: expected at least one example, got empty ${what}.`);
  }
  return isNested(values)
    ? nestedRows(values, width, where, what, each)
    : flatRows(values, width, where, what, each, scale);
}

function nestedRows(
  rows: readonly ArrayLike<number>[],
  width: number,
  where: string,
  what: string,
  each: string,
): Rows {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (row?.length !== width) {
      throw new OdenetError(
        "shape",
        `${where}: expected ${each} numbers in every example's ${what}, got ${show(row?.length ?? row)} in example ${i}.`,
      );
    }
    for (let k = 0; k < width; k++) if (!Number.isFinite(row[k])) throw notFinite(where, what, row[k], i, k);
  }
  return {
    count: rows.length,
    write(target, at, stride, first, count, order) {
      for (let r = 0; r < count; r++) {
        const row = rows[order?.[first + r] ?? first + r] ?? [];
        const to = at + r * stride;
        for (let k = 0; k < width; k++) target[to + k] = row[k] ?? Number.NaN;
        for (let k = width; k < stride; k++) target[to + k] = 0;
      }
    },
  };
}

function flatRows(
  values: ArrayLike<number>,
  width: number,
  where: string,
  what: string,
  each: string,
  scale?: number,
): Rows {
  const n = values.length / width;
  if (!Number.isInteger(n)) {
    throw new OdenetError(
      "length",
      `${where}: expected ${what} of n · ${width} numbers, got ${values.length}. Pass every example's ${each} numbers one after another.`,
    );
  }
  const bytes = values instanceof Uint8Array || values instanceof Uint8ClampedArray;
  if (!bytes) {
    for (let k = 0; k < values.length; k++) {
      if (!Number.isFinite(values[k])) throw notFinite(where, what, values[k], Math.floor(k / width), k % width);
    }
  }
  const factor = bytes && scale !== undefined ? scale : 1;
  return {
    count: n,
    write(target, at, stride, first, count, order) {
      for (let r = 0; r < count; r++) {
        const from = width * (order?.[first + r] ?? first + r);
        const to = at + r * stride;
        if (factor === 1) for (let k = 0; k < width; k++) target[to + k] = values[from + k] ?? Number.NaN;
        else for (let k = 0; k < width; k++) target[to + k] = (values[from + k] ?? Number.NaN) * factor;
        for (let k = width; k < stride; k++) target[to + k] = 0;
      }
    },
  };
}

/** How many numbers an example has, as `4` or `3 × 32 × 32`. */
const numbersText = (input: FeatureShape): string => (isImage(input) ? input.join(" × ") : `${input}`);

/** Features of an input's shape, with their factor: 1/255 for bytes unless the data say otherwise. */
export function featureRows(features: Features, input: FeatureShape, where: string, scale = 1 / 255): Rows {
  if (!Number.isFinite(scale)) {
    throw new OdenetError("option", `${where}: expected scale to be a finite number, got ${String(scale)}.`);
  }
  return rowsOf(features, featureCount(input), where, "features", { scale, each: numbersText(input) });
}

/** Targets of a loss with what accuracy needs: the class of each example, or −1 where there is none. */
export interface Targets {
  readonly rows: Rows;
  /** How often each number counts; absent where all count once. */
  readonly importances?: Rows | undefined;
  /** 0 where a number is left out. */
  readonly mask?: Uint8Array | undefined;
  classOf(example: number): number;
}

/** Checks the labels of `count` examples of an input's shape for a loss with `outputs` scores. */
export function targetRows(
  labels: Labels,
  { count, input }: { readonly count: number; readonly input: FeatureShape },
  outputs: number,
  kind: LossEntry,
  where: string,
): Targets {
  if (typeof labels !== "object" || labels === null || typeof labels.length !== "number") {
    throw new OdenetError("shape", `${where}: expected labels as an array, got ${show(labels)}.`);
  }
  if (kind.labels === "classes" && !isNested(labels) && labels.length === count)
    return classTargets(labels, count, outputs, where);
  if (labels.length !== (isNested(labels) ? count : count * outputs)) {
    const expected =
      kind.labels === "classes"
        ? `${count} class indices or ${count} rows of ${outputs} numbers`
        : `${count} rows of ${outputs} number${outputs === 1 ? "" : "s"}`;
    throw new OdenetError(
      "length",
      `${where}: expected ${expected} as labels, got ${labels.length} entries. Features and labels must have the same examples: the features are ${count} of ${numbersText(input)} number${input === 1 ? "" : "s"}.`,
    );
  }
  const rows = rowsOf(labels, outputs, where, "labels");
  const at = (i: number, k: number): number =>
    (isNested(labels) ? labels[i]?.[k] : labels[i * outputs + k]) ?? Number.NaN;
  if (kind.labels === "binary") {
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < outputs; k++) {
        const c = at(i, k);
        if (!(c >= 0 && c <= 1)) {
          throw new OdenetError(
            "label",
            `${where}: expected labels 0 or 1 for the ${kind.name} loss, got ${c} in example ${i}.`,
          );
        }
      }
    }
    return { rows, classOf: (i) => (outputs > 1 ? -1 : at(i, 0) > 0.5 ? 1 : 0) };
  }
  if (kind.labels === "rows") return { rows, classOf: () => -1 };
  return { rows: shares(rows, at, count, outputs, where), classOf: (i) => argmax((k) => at(i, k), outputs) };
}

/** How far a row of probabilities may be from 1 in sum. */
const ROUNDING = 1e-3;

/** Rows that are ≥ 0 and sum to 1, which they are divided by: of any others the cross-entropy has no lower bound. */
function shares(rows: Rows, at: (i: number, k: number) => number, count: number, width: number, where: string): Rows {
  const sums = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let k = 0; k < width; k++) {
      const share = at(i, k);
      if (share < 0) throw noShares(where, `${share} in example ${i}`);
      sum += share;
    }
    if (!(Math.abs(sum - 1) <= ROUNDING)) throw noShares(where, `a row that sums to ${sum} in example ${i}`);
    sums[i] = sum;
  }
  if (sums.every((sum) => sum === 1)) return rows;
  return {
    count,
    write(target, to, stride, first, n, order) {
      rows.write(target, to, stride, first, n, order);
      for (let r = 0; r < n; r++) {
        const sum = sums[order ? (order[first + r] ?? 0) : first + r] ?? 1;
        for (let k = to + r * stride; k < to + r * stride + width; k++) target[k] = (target[k] ?? 0) / sum;
      }
    },
  };
}

function noShares(where: string, got: string): OdenetError {
  return new OdenetError(
    "label",
    `${where}: expected label rows of softmaxCrossEntropy to be shares of the classes (at least 0, and 1 in sum), got ${got}. Numbers to be predicted are learned with leastSquares(), several labels of one example with logistic().`,
  );
}

function classTargets(labels: ArrayLike<number>, count: number, outputs: number, where: string): Targets {
  for (let i = 0; i < count; i++) {
    const c = labels[i];
    if (c === undefined || !Number.isInteger(c) || c < 0 || c >= outputs) {
      throw new OdenetError(
        "label",
        `${where}: expected labels from 0 to ${outputs - 1}, got ${String(c)} in example ${i}. Count classes from 0, and end the network with linear(number of classes).`,
      );
    }
  }
  return {
    rows: {
      count,
      write(target, at, stride, first, rows, order) {
        for (let r = 0; r < rows; r++) {
          const to = at + r * stride;
          for (let k = 0; k < stride; k++) target[to + k] = 0;
          target[to + nth(labels, order?.[first + r] ?? first + r)] = 1;
        }
      },
    },
    classOf: (i) => nth(labels, i),
  };
}

/** Index of the largest of n numbers, the first of equals. */
export function argmax(at: (k: number) => number, n: number): number {
  let best = 0;
  for (let k = 1; k < n; k++) if (at(k) > at(best)) best = k;
  return best;
}
