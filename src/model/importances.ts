/**
 * How often each target of a loss counts: w_i · m_ik, the example's weight and its mask. Weights are scaled to mean 1 over the
 * data, unless the loss is a sum: whole weights then give the gradient of the data with the examples repeated.
 */
import { OdenetError } from "../core/errors.ts";
import { show } from "../layers/shape.ts";
import type { LossEntry } from "../losses/loss.ts";
import type { Labels, Rows } from "./examples.ts";

/** Numbers one after another, or a list an example. */
export type Mask = ArrayLike<number | boolean> | readonly ArrayLike<number | boolean>[];

const flat = <T>(values: ArrayLike<T> | readonly ArrayLike<T>[]): ArrayLike<T> =>
  typeof values[0] === "object" && values[0] !== null
    ? Array.from(values as readonly ArrayLike<T>[]).flatMap((row) => Array.from(row))
    : (values as ArrayLike<T>);

/** The mask as 0 and 1, of `length` entries. Throws `option` with a loss that joins scores, `length`, and `value` for other numbers. */
export function maskOf(mask: Mask, length: number, loss: LossEntry, where: string): Uint8Array {
  if (loss.labels === "classes") {
    throw new OdenetError(
      "option",
      `${where}: expected no mask with ${loss.name}, whose scores share one probability, got one. Leave the examples out, or give them the weight 0 in data.weights.`,
    );
  }
  const values = typeof mask === "object" && mask !== null ? flat(mask) : undefined;
  if (values?.length !== length) {
    throw new OdenetError(
      "length",
      `${where}: expected data.mask as long as the target rows, ${length} numbers, got ${values ? values.length : show(mask)}. 1 keeps a number, 0 leaves it out.`,
    );
  }
  return Uint8Array.from({ length }, (_, k) => {
    const value = Number(values[k]);
    if (value === 0 || value === 1) return value;
    throw new OdenetError(
      "value",
      `${where}: expected 0 or 1 in data.mask, got ${String(values[k])} in entry ${k}. 1 keeps a number, 0 leaves it out.`,
    );
  });
}

/** Labels with 0 where the mask leaves them out, whatever stands there. */
export function maskedLabels(labels: Labels, mask: Uint8Array): Labels {
  const values = flat<number>(labels);
  if (values.length !== mask.length) return labels; // their length is refused where labels are
  return Float64Array.from(mask, (kept, k) => (kept ? (values[k] ?? Number.NaN) : 0));
}

/** Weights of the examples, checked. Throws `length`, `value`. */
export function weightsOf(weights: ArrayLike<number>, count: number, where: string): Float64Array {
  if (typeof weights !== "object" || weights === null || weights.length !== count) {
    throw new OdenetError(
      "length",
      `${where}: expected data.weights as one number an example, ${count} in all, got ${typeof weights === "object" && weights !== null ? weights.length : show(weights)}.`,
    );
  }
  const values = Float64Array.from(weights);
  const wrong = values.findIndex((w) => !(w >= 0 && w < Number.POSITIVE_INFINITY));
  if (wrong >= 0) {
    throw new OdenetError(
      "value",
      `${where}: expected data.weights of at least 0, got ${values[wrong]} in example ${wrong}. 0 leaves an example out.`,
    );
  }
  if (!values.some((w) => w > 0)) {
    throw new OdenetError("value", `${where}: expected a weight above 0 in data.weights, got only zeros.`);
  }
  return values;
}

/** w · n / Σ w. */
export function scaledToMean1(weights: Float64Array): Float64Array {
  const factor = weights.length / weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w * factor);
}

/** w_i · m_ik as rows of `width`; undefined where all count once. */
export function importanceRows(
  count: number,
  width: number,
  weights: Float64Array | undefined,
  mask: Uint8Array | undefined,
): Rows | undefined {
  if (!weights && !mask) return undefined;
  return {
    count,
    write(target, at, stride, first, rows, order) {
      for (let r = 0; r < rows; r++) {
        const i = order?.[first + r] ?? first + r;
        const weight = weights?.[i] ?? 1;
        const to = at + r * stride;
        for (let k = 0; k < width; k++) target[to + k] = weight * (mask?.[i * width + k] ?? 1);
        for (let k = width; k < stride; k++) target[to + k] = 0;
      }
    },
  };
}

/** Class weights as given, or n / (k n_c). */
export type ClassWeights = "balanced" | readonly number[];

/** The factor of each example by its class. Throws `option` or `length`. */
export function classFactors(
  classWeights: ClassWeights,
  classOf: (example: number) => number,
  count: number,
  classes: number,
  where: string,
): Float64Array {
  const own = Int32Array.from({ length: count }, (_, i) => classOf(i));
  if (own.some((c) => c < 0)) {
    throw new OdenetError(
      "option",
      `${where}: expected classWeights with a loss of classes, got them with target rows. Give each example its weight in data.weights.`,
    );
  }
  const factors = classWeights === "balanced" ? balanced(own, classes) : classWeights;
  const valid = Array.isArray(factors) || ArrayBuffer.isView(factors);
  if (!valid || factors.length !== classes || !Array.from(factors).every((w) => Number.isFinite(w) && w >= 0)) {
    throw new OdenetError(
      "option",
      `${where}: expected classWeights as "balanced" or ${classes} numbers of at least 0, got ${show(classWeights)}.`,
    );
  }
  return Float64Array.from(own, (c) => factors[c] ?? 1);
}

function balanced(classOf: Int32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const c of classOf) counts[c] = (counts[c] ?? 0) + 1;
  return counts.map((n) => (n === 0 ? 0 : classOf.length / (classes * n)));
}
