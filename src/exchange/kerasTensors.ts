/** Weights on their way to and from Keras: names of activations, axes in another order, one set of a stack over time. */

import type { ActivationEntry } from "../activations/activation.ts";
import { nth } from "../core/nth.ts";
import { activations } from "../operations/activation.ts";

/** Names in Keras; what is not here, TensorFlow.js does not have. */
export const kerasActivations: Readonly<Partial<Record<string, string>>> = Object.fromEntries(
  Object.values<ActivationEntry>(activations)
    .map(({ name, keras }) => [name, keras])
    .filter(([, keras]) => keras),
);

export const CHANNELS_FIRST = "channels_first";

/** Where weights are from: a parameter, one set of it in time, its axes in another order. */
export interface Origin {
  readonly parameter: string;
  readonly item?: number;
  readonly order?: readonly number[];
}

export interface Stored {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  readonly origin?: Origin | undefined;
}

/** With its axes in another order. */
export function turned(tensor: Stored, order: readonly number[]): Stored {
  const origin = tensor.origin && { ...tensor.origin, order };
  return { shape: order.map((axis) => nth(tensor.shape, axis)), values: permuted(tensor, order), origin };
}

/** One set of a stack over time. */
export function itemOf({ shape, values, origin }: Stored, j: number): Stored {
  const own = shape.slice(1);
  const size = own.reduce((a, b) => a * b, 1);
  const numbers = Array.prototype.slice.call(values, j * size, (j + 1) * size);
  return { shape: own, values: numbers, origin: origin && { ...origin, item: j } };
}

/** Numbers in another order of their axes: axis k of the result is axis `order[k]`. */
export function permuted({ shape, values }: Stored, order: readonly number[]): Float32Array<ArrayBuffer> {
  const strides = shape.map((_, k) => shape.slice(k + 1).reduce((a, b) => a * b, 1));
  const lengths = order.map((axis) => nth(shape, axis));
  const steps = order.map((axis) => nth(strides, axis));
  const result = new Float32Array(values.length);
  const index = lengths.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from] ?? Number.NaN;
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      from += nth(steps, axis);
      index[axis] = nth(index, axis) + 1;
      if (nth(index, axis) < nth(lengths, axis)) break;
      from -= nth(lengths, axis) * nth(steps, axis);
      index[axis] = 0;
    }
  }
  return result;
}
