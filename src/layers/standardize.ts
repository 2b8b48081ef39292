/** (y − mean) / deviation, feature by feature or channel by channel, with fixed numbers: a saved model then takes raw data. */
import { OdenetError } from "../core/errors.ts";
import { type DataRules, pickOptions, type Rule } from "../core/registry.ts";
import { rowAffine } from "../operations/rowAffine.ts";
import type { LayerKind } from "./layer.ts";
import { type FeatureShape, featureCount, isImage, show } from "./shape.ts";

export interface Standardize {
  readonly kind: "standardize";
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

const isNumber = (v: unknown): v is number => typeof v === "number" && Number.isFinite(v);

const numbersRule = (what: string): Rule<readonly number[]> => ({
  kind: "custom",
  label: what,
  required: true,
  check(values) {
    // Only arrays: { length: 4e9 } from a file would be made into one.
    const listed: unknown[] = Array.isArray(values) ? values : ArrayBuffer.isView(values) ? Object.values(values) : [];
    const numbers = listed.filter(isNumber);
    if (numbers.length > 0 && numbers.length === listed.length) return Object.freeze(numbers);
    throw new OdenetError(
      "option",
      `standardize: expected ${what} to be finite numbers, one a feature, got ${show(values)}.`,
    );
  },
});

const rules: DataRules<Standardize> = { mean: numbersRule("mean"), deviation: numbersRule("deviation") };

/** `(y − mean) / deviation`; both have one number a feature, or one a channel of an image; deviations are not zero. No parameters. */
export function standardize(options: { mean: ArrayLike<number>; deviation: ArrayLike<number> }): Standardize {
  return make(options ?? {});
}

function make(given: object): Standardize {
  const { mean, deviation } = pickOptions("standardize", rules, given);
  if (mean.length !== deviation.length) {
    throw new OdenetError(
      "length",
      `standardize: expected as many deviations as means, got ${deviation.length} and ${mean.length}. Use standardize.fit(features).`,
    );
  }
  const zero = deviation.indexOf(0);
  if (zero >= 0) {
    throw new OdenetError(
      "option",
      `standardize: expected deviations other than 0, got 0 for feature ${zero}. Use 1 for a feature that never changes.`,
    );
  }
  return Object.freeze({ kind: "standardize", mean, deviation });
}

/**
 * The layer with the features' own means and deviations (the population's, √(Σ (x − mean)² / n)); a feature that never
 * changes gets deviation 1. `features` as everywhere; with a flat array, `n_f` says how many numbers an example has.
 */
standardize.fit = (features: ArrayLike<number> | readonly ArrayLike<number>[], n_f?: number): Standardize => {
  const { width, numbers } = flatRows(features, n_f);
  const examples = numbers.length / width;
  if (!Number.isInteger(examples) || examples < 1) {
    throw new OdenetError(
      "length",
      `standardize.fit: expected n · n_f numbers, got ${features.length} for n_f = ${show(n_f)}. Pass the number of features as the second argument.`,
    );
  }
  const mean = new Array<number>(width).fill(0);
  const deviation = new Array<number>(width).fill(0);
  for (let f = 0; f < width; f++) {
    const at = (i: number): number => numbers[i * width + f] ?? 0;
    let sum = 0;
    for (let i = 0; i < examples; i++) sum += at(i);
    const m = sum / examples;
    let squares = 0;
    for (let i = 0; i < examples; i++) squares += (at(i) - m) * (at(i) - m);
    mean[f] = m;
    deviation[f] = Math.sqrt(squares / examples) || 1;
  }
  return make({ mean, deviation });
};

/** One array of `width` numbers an example. */
function flatRows(
  features: ArrayLike<number> | readonly ArrayLike<number>[],
  n_f = 0,
): { width: number; numbers: ArrayLike<number> } {
  if (!isNested(features)) return { width: n_f, numbers: features };
  const width = features[0]?.length ?? 0;
  const numbers = new Float64Array(features.length * width);
  features.forEach((row, i) => {
    for (let f = 0; f < width; f++) numbers[i * width + f] = row[f] ?? Number.NaN;
  });
  return { width, numbers };
}

const isNested = (
  features: ArrayLike<number> | readonly ArrayLike<number>[],
): features is readonly ArrayLike<number>[] => typeof features[0] === "object";

/** Whether an image has one mean a channel. */
function perChannel({ length }: readonly number[], input: FeatureShape): boolean {
  return isImage(input) && length === input[0];
}

export const standardizeKind: LayerKind<Standardize> = {
  kind: "standardize",
  label: "standardisation",
  options: rules,
  takes: ({ mean }, input) => (perChannel(mean, input) ? "image" : "features"),
  layOut({ mean, deviation }, input, name) {
    const width = perChannel(mean, input) ? mean.length : featureCount(input);
    if (mean.length !== width) {
      throw new OdenetError(
        "shape",
        `layer ${name} (standardize): expected ${width} means, one a feature, got ${mean.length}. Fit it to these features with standardize.fit.`,
      );
    }
    const scale = { name: `${name}.scale`, values: deviation.map((d) => 1 / d) };
    const shift = { name: `${name}.shift`, values: mean.map((m, f) => -m / (deviation[f] ?? 1)) };
    return {
      output: input,
      parameters: [],
      constants: [scale, shift],
      record: ({ record, constant }, y) => rowAffine(record, y, constant(scale.name), constant(shift.name)),
    };
  },
  parse: make,
};
