/** Series that were measured, each at times of its own → data on the union of the times, with a mask for what was not. */
import { OdenetError } from "../core/errors.ts";

/** One series: `values` are its states at `times`, time by time (flat, or one array a time); NaN where nothing was measured. */
export interface Observed {
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number> | readonly ArrayLike<number>[];
  /** Inputs u at the same times, in the same form. */
  readonly inputs?: ArrayLike<number> | readonly ArrayLike<number>[];
}

export interface ObservationOptions {
  /** Times that differ by at most this are one, default 1e-9 of the longest span. */
  tolerance?: number;
}

export interface Observations {
  /** The union of the times behind the first, which counts as 0. */
  readonly times: number[];
  /** Times of the inputs, from 0, where the series have some. */
  readonly inputTimes?: number[];
  readonly data: {
    /** n × states: the values at the first time. */
    readonly features: Float64Array;
    readonly shape: number;
    /** n × times × states; 0 where the mask is 0. */
    readonly labels: Float64Array;
    readonly mask: Uint8Array;
    /** n × inputTimes × inputs, linear between those measured and constant beyond them. */
    readonly inputs?: Float64Array;
  };
}

/** Numbers of a series by time. */
interface Rows {
  readonly width: number;
  at(time: number, k: number): number;
}

function rowsOf(values: Observed["values"], times: number, where: string): Rows {
  const first = values[0];
  const flat = typeof first === "number";
  const width = flat ? values.length / times : (first?.length ?? 0);
  const fits = (row: unknown) => typeof row === "object" && row !== null && Reflect.get(row, "length") === width;
  const whole = flat
    ? Number.isInteger(width) && width > 0
    : values.length === times && Array.from<unknown>(values).every(fits);
  if (!whole || width === 0) {
    throw new OdenetError(
      "length",
      `${where}: expected equally many numbers at each of ${times} times, got ${values.length} entries. Use NaN for what was not measured.`,
    );
  }
  return {
    width,
    at(time, k) {
      const row = values[flat ? time * width + k : time];
      return typeof row === "number" ? row : (row?.[k] ?? Number.NaN);
    },
  };
}

interface Series {
  readonly times: readonly number[];
  readonly values: Rows;
  readonly inputs: Rows | undefined;
}

function seriesOf({ times, values, inputs }: Observed, i: number): Series {
  const where = `observations: example ${i}`;
  const [start = Number.NaN] = Array.from(times);
  const shifted = Array.from(times, (t) => t - start);
  const bad = shifted.findIndex((t, j) => !Number.isFinite(t) || (j > 0 && t <= (shifted[j - 1] ?? 0)));
  if (shifted.length < 2 || bad >= 0) {
    throw new OdenetError(
      "value",
      `${where}: expected at least 2 times, each later than the one before, got ${shifted.length < 2 ? shifted.length : `${times[bad]} as number ${bad}`}. Sort the rows by time.`,
    );
  }
  const rows = rowsOf(values, shifted.length, where);
  for (let k = 0; k < rows.width; k++) {
    if (Number.isFinite(rows.at(0, k))) continue;
    throw new OdenetError(
      "value",
      `${where}: expected a finite value of every state at its first time, got ${rows.at(0, k)} of state ${k}. Begin at the first complete row (segments does), or learn the start with initial: "learned".`,
    );
  }
  return { times: shifted, values: rows, inputs: inputs && rowsOf(inputs, shifted.length, `${where}: inputs`) };
}

/** Sorted times, those closer than the tolerance joined. */
function union(all: readonly (readonly number[])[], tolerance: number): number[] {
  const sorted = all.flat().sort((a, b) => a - b);
  return sorted.filter((t, j) => j === 0 || t - (sorted[j - 1] ?? 0) > tolerance);
}

/** The place of the joined time that t belongs to: the last one not above it. */
function placeOf(times: readonly number[], t: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((times[middle] ?? 0) <= t) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Measured series as data for a network whose ode layer has `outputs: times`. Throws `length`, `value`. */
export function observations(examples: readonly Observed[], { tolerance }: ObservationOptions = {}): Observations {
  const series = examples.map(seriesOf);
  const width = series[0]?.values.width ?? 0;
  const drives = series[0]?.inputs?.width ?? 0;
  const odd = series.findIndex(({ values, inputs }) => values.width !== width || (inputs?.width ?? 0) !== drives);
  if (series.length === 0 || odd >= 0) {
    throw new OdenetError(
      "length",
      `observations: expected series of equally many states and inputs, got ${odd < 0 ? "none" : `others in example ${odd}`}. Check the columns.`,
    );
  }
  const longest = Math.max(...series.map(({ times }) => times[times.length - 1] ?? 0));
  const near = tolerance ?? 1e-9 * longest;
  const times = union(
    series.map((s) => s.times.slice(1)),
    near,
  );
  const [n, m] = [series.length, times.length];
  const features = new Float64Array(n * width);
  const labels = new Float64Array(n * m * width);
  const mask = new Uint8Array(n * m * width);
  series.forEach(({ times: own, values }, i) => {
    for (let k = 0; k < width; k++) features[i * width + k] = values.at(0, k);
    for (let j = 1; j < own.length; j++) {
      const at = (i * m + placeOf(times, own[j] ?? 0)) * width;
      for (let k = 0; k < width; k++) {
        const value = values.at(j, k);
        if (!Number.isFinite(value)) continue;
        labels[at + k] = value;
        mask[at + k] = 1;
      }
    }
  });
  const data = { features, shape: width, labels, mask };
  if (drives === 0) return { times, data };
  const inputTimes = [0, ...times];
  const inputs = Float64Array.from({ length: n * inputTimes.length * drives }, (_, at) => {
    const k = at % drives;
    const j = Math.floor(at / drives) % inputTimes.length;
    const one = series[Math.floor(at / (drives * inputTimes.length))];
    return one?.inputs ? between(one.times, one.inputs, k, inputTimes[j] ?? 0) : 0;
  });
  return { times, inputTimes, data: { ...data, inputs } };
}

/** Input k at time t: linear between the measured ones, constant beyond them. */
function between(times: readonly number[], inputs: Rows, k: number, t: number): number {
  const known = times.flatMap((time, j) =>
    Number.isFinite(inputs.at(j, k)) ? [{ time, value: inputs.at(j, k) }] : [],
  );
  const after = known.findIndex(({ time }) => time >= t);
  const [left, right] = [
    known[after < 0 ? known.length - 1 : Math.max(0, after - 1)],
    known[after < 0 ? known.length - 1 : after],
  ];
  if (!left || !right)
    throw new OdenetError("value", `observations: expected a value of input ${k}, got gaps only. Leave it out.`);
  if (right.time <= left.time || t >= right.time) return right.value;
  return left.value + ((right.value - left.value) * Math.max(0, t - left.time)) / (right.time - left.time);
}

export interface SegmentOptions {
  /** Times in a segment, its first one included. */
  length: number;
  /** Times from one segment's start to the next one's, default length − 1: each begins where the one before ends. */
  stride?: number;
}

/** Shorter examples cut from long ones; those whose first row has a gap are left out. Throws `option`. */
export function segments(examples: readonly Observed[], { length, stride = length - 1 }: SegmentOptions): Observed[] {
  if (!Number.isInteger(length) || length < 2 || !Number.isInteger(stride) || stride < 1) {
    throw new OdenetError(
      "option",
      `segments: expected a length of at least 2 times and a stride of at least 1, got ${length} and ${stride}.`,
    );
  }
  return examples.flatMap((example, i) => {
    const times = Array.from(example.times);
    const values = rowsOf(example.values, times.length, `segments: example ${i}`);
    const inputs = example.inputs && rowsOf(example.inputs, times.length, `segments: example ${i}: inputs`);
    const cut = (rows: Rows, from: number) =>
      Array.from({ length }, (_, j) => Array.from({ length: rows.width }, (_, k) => rows.at(from + j, k)));
    const starts = Array.from(
      { length: Math.max(0, Math.floor((times.length - length) / stride) + 1) },
      (_, s) => s * stride,
    );
    return starts.flatMap((from) => {
      const rows = cut(values, from);
      if (!rows[0]?.every(Number.isFinite)) return [];
      return [
        { times: times.slice(from, from + length), values: rows, ...(inputs ? { inputs: cut(inputs, from) } : {}) },
      ];
    });
  });
}
