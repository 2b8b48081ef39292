/** Data = { features: n × n_f numbers, labels: n class indices or n rows of targets }, example by example. */
import { OdenetError } from "../core/errors.ts";

/**
 * Features of n examples: `n · n_f` numbers (example 0 first, all its features, then example 1 …) or one array an example.
 * Images are `channels × height × width` within an example. Bytes are multiplied by `scale` as a model reads them.
 */
export type Features = Float32Array | Float64Array | Uint8Array | readonly number[] | readonly (readonly number[])[];

/** Class indices from 0, one an example; or target rows, `n · outputs` numbers, flat or one array an example. */
export type Labels =
  | Uint8Array
  | Int32Array
  | Float32Array
  | Float64Array
  | readonly number[]
  | readonly (readonly number[])[];

/** Examples with their labels: what the generators and readers return, and what a model is trained on. */
export interface Dataset {
  readonly features: Features;
  readonly labels: Labels;
  /** Name of class 0, of class 1, … */
  readonly classes?: readonly string[];
  /** One example: its number of features n_f, or `[channels, height, width]`. */
  readonly shape?: number | readonly [number, number, number];
  /** What byte features are multiplied by, default 1/255. */
  readonly scale?: number;
  /** One number of at least 0 an example: how much it counts. */
  readonly weights?: ArrayLike<number>;
  /** As long as the target rows: 0 leaves a target out, whatever stands there. */
  readonly mask?: ArrayLike<number>;
  /** Values of the inputs u(t) of each example, one after another. */
  readonly inputs?: ArrayLike<number>;
  /** Examples of the same number belong together: `split` and `kFold` never part them. */
  readonly groups?: ArrayLike<number>;
}

const nested = (values: Features | Labels): boolean => Array.isArray(values[0]);

const featuresOf = ({ shape }: Dataset) => (typeof shape === "object" ? shape[0] * shape[1] * shape[2] : shape);

/**
 * The number of examples n. It comes from nested arrays or from `shape`; with neither, there is one label an example.
 * Throws `length` where features and labels do not fit each other.
 */
export function countExamples(data: Dataset, where: string): number {
  const { features, labels } = data;
  if (typeof features?.length !== "number" || typeof labels?.length !== "number") {
    throw new OdenetError(
      "value",
      `${where}: expected { features, labels } with two arrays, got something else. Pass what a generator or a reader of odenet/data returns.`,
    );
  }
  const width = featuresOf(data);
  const known = nested(features) || nested(labels) || width === undefined;
  const n = nested(features) ? features.length : known ? labels.length : features.length / width;
  const fits =
    Number.isInteger(n) &&
    (n === 0
      ? features.length === 0 && labels.length === 0
      : (nested(features) ? features.length === n : features.length % n === 0) &&
        (nested(labels) ? labels.length === n : labels.length % n === 0) &&
        labels.length >= n);
  if (!fits) {
    const each = width === undefined ? "" : ` at ${width} features an example`;
    throw new OdenetError(
      "length",
      `${where}: expected as many examples in the features as in the labels, got ${features.length} feature entries${each} and ${labels.length} label entries. Check both lengths, and give shape when an example has several targets.`,
    );
  }
  return n;
}

/** Zeros in an array of the same type; a `Buffer` of Node gives a Uint8Array. */
export function emptyLike(values: Float64Array, length: number): Float64Array {
  const kind = values instanceof Uint8Array ? Uint8Array : values.constructor;
  return new (kind as Float64ArrayConstructor)(length);
}

function take<T extends Features | Labels>(values: T, n: number, rows: Uint32Array): T {
  if (Array.isArray(values)) {
    const width = nested(values) ? 1 : values.length / n;
    return Array.from(rows, (row) => values.slice(row * width, (row + 1) * width)).flat() as readonly unknown[] as T;
  }
  const from = values as Float64Array;
  const width = from.length / n;
  const to = emptyLike(from, rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const start = (rows[i] as number) * width;
    for (let j = 0; j < width; j++) to[i * width + j] = from[start + j] as number;
  }
  return to as Float64Array as T;
}

/** What a data set holds for each example besides features and labels. */
const BESIDE = ["weights", "mask", "inputs", "groups", "rows"] as const;

function takeNumbers(values: ArrayLike<number>, n: number, rows: Uint32Array): Float64Array {
  const width = values.length / n;
  return Float64Array.from({ length: rows.length * width }, (_, i) => {
    const row = rows[Math.floor(i / width)] ?? 0;
    return values[row * width + (i % width)] ?? Number.NaN;
  });
}

/** The examples with the given indices, in that order, copied; everything else of the data is kept. */
export function selectExamples<D extends Dataset>(data: D, rows: Uint32Array, where = "selectExamples"): D {
  const n = countExamples(data, where);
  const beside = BESIDE.flatMap((name) => {
    const values: unknown = Reflect.get(data, name);
    return isNumbers(values) && n > 0 ? [[name, takeNumbers(values, n, rows)] as const] : [];
  });
  const chosen = { features: take(data.features, n, rows), labels: take(data.labels, n, rows) };
  return { ...data, ...chosen, ...Object.fromEntries(beside) };
}

const isNumbers = (values: unknown): values is ArrayLike<number> =>
  typeof values === "object" && values !== null && typeof Reflect.get(values, "length") === "number";
