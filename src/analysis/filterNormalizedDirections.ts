/**
 * Two random directions that are as long, filter by filter, as θ itself: d_i ← d_i ‖θ_i‖ / ‖d_i‖ with d ~ N(0, 1) (Li, Xu, Taylor,
 * Studer & Goldstein 2018, section 4). Without it, two surfaces of networks with scaled weights cannot be compared.
 */
import { OdenetError } from "../core/errors.ts";
import { Random, streams } from "../core/random.ts";
import { show } from "../layers/shape.ts";
import { engineOf, type Model } from "../model/model.ts";

export interface DirectionOptions {
  /** Default 0. */
  seed?: number;
  /** `"zero"` (default): biases and norms stay as they are; `"copy"`: their direction is their value, as in the authors' code. */
  biases?: "zero" | "copy";
}

/** [d₁, d₂], flat like θ. A filter is a row of K or W. */
export function filterNormalizedDirections(
  model: Model,
  { seed = 0, biases = "zero" }: DirectionOptions = {},
): [Float64Array, Float64Array] {
  engineOf(model, "filterNormalizedDirections");
  if (biases !== "zero" && biases !== "copy") {
    throw new OdenetError(
      "option",
      `filterNormalizedDirections: expected biases to be "zero" or "copy", got ${show(biases)}.`,
    );
  }
  const random = new Random(seed, streams.noise);
  const theta = model.get();
  const draw = () => {
    const direction = random.normal(theta.length);
    let start = 0;
    for (const { name, shape } of model.parameters) {
      const length = shape.reduce((a, b) => a * b, 1);
      const letter = name.slice(name.lastIndexOf(".") + 1);
      const own = direction.subarray(start, start + length);
      const values = theta.subarray(start, start + length);
      if (!/^[KW]/.test(letter)) own.set(biases === "copy" ? values : new Float64Array(length));
      else for (const [from, to] of filters(shape)) rescale(own.subarray(from, to), values.subarray(from, to));
      start += length;
    }
    return direction;
  };
  return [draw(), draw()];
}

/** Where the filters of a parameter lie: the last axis of a matrix, the last three of a convolution. */
function* filters(shape: readonly number[]): Generator<[number, number]> {
  const length = shape.reduce((a, b) => a * b, 1);
  const size = shape.length >= 4 ? shape.slice(-3).reduce((a, b) => a * b, 1) : (shape[shape.length - 1] as number);
  for (let from = 0; from < length; from += size) yield [from, from + size];
}

function rescale(direction: Float64Array, values: ArrayLike<number>): void {
  const norm = (v: ArrayLike<number>) => Math.sqrt(Array.from(v).reduce((s, x) => s + x * x, 0));
  const factor = norm(values) / (norm(direction) || 1);
  for (let k = 0; k < direction.length; k++) direction[k] = factor * (direction[k] as number);
}
