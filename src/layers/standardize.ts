/** (y − mean) / deviation, feature by feature or channel by channel, with fixed numbers: a saved model then takes raw data. */
import { OdenetError } from "../core/errors.ts";
import { rowAffine } from "../operations/rowAffine.ts";
import type { LayerKind } from "./layer.ts";
import { type FeatureShape, featureCount, isImage, show } from "./shape.ts";

export interface Standardize {
  readonly kind: "standardize";
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

function checkNumbers(values: unknown, what: string): number[] {
  // Only arrays: { length: 4e9 } from a file would be made into one.
  const listed = Array.isArray(values) || ArrayBuffer.isView(values);
  const numbers = listed ? Array.from(values as unknown as ArrayLike<unknown>) : [];
  if (numbers.length === 0 || !numbers.every((v) => typeof v === "number" && Number.isFinite(v))) {
    throw new OdenetError(
      "option",
      `standardize: expected ${what} to be finite numbers, one a feature, got ${show(values)}.`,
    );
  }
  return numbers as number[];
}

/** `(y − mean) / deviation`; both have one number a feature, or one a channel of an image; deviations are not zero. No parameters. */
export function standardize(options: { mean: ArrayLike<number>; deviation: ArrayLike<number> }): Standardize {
  const mean = checkNumbers(options?.mean, "mean");
  const deviation = checkNumbers(options?.deviation, "deviation");
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
  return Object.freeze({ kind: "standardize", mean: Object.freeze(mean), deviation: Object.freeze(deviation) });
}

/**
 * The layer with the features' own means and deviations (the population's, √(Σ (x − mean)² / n)); a feature that never
 * changes gets deviation 1. `features` as everywhere; with a flat array, `n_f` says how many numbers an example has.
 */
standardize.fit = (features: ArrayLike<number> | readonly ArrayLike<number>[], n_f?: number): Standardize => {
  const nested = typeof features[0] === "object";
  const width = nested ? (features[0] as ArrayLike<number>).length : (n_f ?? 0);
  const examples = nested ? features.length : features.length / width;
  if (!Number.isInteger(examples) || examples < 1) {
    throw new OdenetError(
      "length",
      `standardize.fit: expected n · n_f numbers, got ${features.length} for n_f = ${show(n_f)}. Pass the number of features as the second argument.`,
    );
  }
  const at = (i: number, f: number): number =>
    nested ? ((features[i] as ArrayLike<number>)[f] as number) : (features[i * width + f] as number);
  const mean = new Array<number>(width).fill(0);
  const deviation = new Array<number>(width).fill(0);
  for (let f = 0; f < width; f++) {
    let sum = 0;
    for (let i = 0; i < examples; i++) sum += at(i, f);
    const m = sum / examples;
    let squares = 0;
    for (let i = 0; i < examples; i++) squares += (at(i, f) - m) * (at(i, f) - m);
    mean[f] = m;
    deviation[f] = Math.sqrt(squares / examples) || 1;
  }
  return standardize({ mean, deviation });
};

/** Whether an image has one mean a channel. */
function perChannel({ length }: readonly number[], input: FeatureShape): boolean {
  return isImage(input) && length === input[0];
}

export const standardizeKind: LayerKind<Standardize> = {
  kind: "standardize",
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
    const shift = { name: `${name}.shift`, values: mean.map((m, f) => -m / (deviation[f] as number)) };
    return {
      output: input,
      parameters: [],
      constants: [scale, shift],
      record: ({ record, constant }, y) => rowAffine(record, y, constant(scale.name), constant(shift.name)),
    };
  },
  parse: (json) => standardize(json as { mean: number[]; deviation: number[] }),
};
