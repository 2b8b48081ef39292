/**
 * Pooling: the largest number under each window, and the mean. `pickMax` takes v where the key is largest: with v = key it is
 * the pooling itself, with a tangent its derivative; `placeMax` is the adjoint. The mean and `spread` are adjoints too.
 */
import type { CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";
import { attributesOf, type WindowSizes, type Windows } from "./windows.ts";

/** The largest number under each window; the first position of equal ones gets the derivative. */
export function maxPool(record: CallRecorder, x: Tensor, windows: Windows): Tensor {
  return pickMax(record, x, x, attributesOf(windows));
}

function pickMax(record: CallRecorder, v: Tensor, key: Tensor, attributes: WindowSizes, into?: Tensor): Tensor {
  return record.call(picked, [v, key], [placesShape(v, attributes)], attributes, into)[0];
}

function placeMax(record: CallRecorder, z: Tensor, key: Tensor, attributes: WindowSizes, into?: Tensor): Tensor {
  return record.call(placed, [z, key], [key], attributes, into)[0];
}

/** The mean under each window, positions outside the image counted as zeros. */
export function averagePool(record: CallRecorder, x: Tensor, windows: Windows): Tensor {
  return mean(record, x, { ...attributesOf(windows), adaptive: 0 });
}

/** The mean over each of the `places` windows that tile the image: rows ⌊i h / n⌋ to ⌈(i + 1) h / n⌉ − 1, columns alike. */
export function adaptivePool(record: CallRecorder, x: Tensor, image: Windows["image"], places: Windows["places"]) {
  const one = [1, 1] as const;
  const windows: Windows = { image, places, window: one, stride: one, padding: [0, 0], groups: 1 };
  return mean(record, x, { ...attributesOf(windows), adaptive: 1 });
}

type Mean = WindowSizes & { readonly adaptive: number };

function mean(record: CallRecorder, x: Tensor, attributes: Mean, into?: Tensor): Tensor {
  return record.call(means, [x], [placesShape(x, attributes)], attributes, into)[0];
}

function spread(record: CallRecorder, z: Tensor, attributes: Mean, into?: Tensor): Tensor {
  return record.call(spreads, [z], [imageShape(z, attributes)], attributes, into)[0];
}

const placesShape = ({ rows, columns }: Tensor, { h, w, oh, ow }: WindowSizes) => ({
  rows: (rows / (h * w)) * (oh * ow),
  columns,
});

const imageShape = ({ rows, columns }: Tensor, { h, w, oh, ow }: WindowSizes) => ({
  rows: (rows / (oh * ow)) * (h * w),
  columns,
});

/** Sizes of a call, told by its image. */
const sizesOf = (image: Tensor, windows: WindowSizes, into: Tensor | undefined) => ({
  windows,
  examples: image.rows / (windows.h * windows.w),
  channels: image.columns,
  beta: Number(!!into),
});

export const picked: Operation<[v: Tensor, key: Tensor], [z: Tensor], WindowSizes> = {
  name: "pick-max",
  examples: "all",
  encode: ({ inputs: [v, key], outputs: [z], into, attributes }) =>
    encoders.pickMax({ z, v, key, ...sizesOf(v, attributes, into) }),
  vjp(record, { inputs: [v, key], outputs: [z], attributes }, cotangents) {
    const d = cotangents.of(z);
    cotangents.add(v, (into) => placeMax(record, d, key, attributes, into));
  },
  jvp(record, { inputs: [v, key], outputs: [z], attributes }, tangents) {
    const dv = tangents.get(v);
    if (dv) tangents.set(z, pickMax(record, dv, key, attributes));
  },
};

export const placed: Operation<[z: Tensor, key: Tensor], [v: Tensor], WindowSizes> = {
  name: "place-max",
  examples: "all",
  encode: ({ inputs: [z, key], outputs: [v], into, attributes }) =>
    encoders.placeMax({ v, z, key, ...sizesOf(v, attributes, into) }),
  vjp(record, { inputs: [z, key], outputs: [v], attributes }, cotangents) {
    const d = cotangents.of(v);
    cotangents.add(z, (into) => pickMax(record, d, key, attributes, into));
  },
  jvp(record, { inputs: [z, key], outputs: [v], attributes }, tangents) {
    const dz = tangents.get(z);
    if (dz) tangents.set(v, placeMax(record, dz, key, attributes));
  },
};

export const means: Operation<[x: Tensor], [z: Tensor], Mean> = {
  name: "average",
  examples: "all",
  encode: ({ inputs: [x], outputs: [z], into, attributes }) =>
    encoders.average({ z, x, ...sizesOf(x, attributes, into), adaptive: attributes.adaptive }),
  vjp(record, { inputs: [x], outputs: [z], attributes }, cotangents) {
    const d = cotangents.of(z);
    cotangents.add(x, (into) => spread(record, d, attributes, into));
  },
  jvp(record, { inputs: [x], outputs: [z], attributes }, tangents) {
    const dx = tangents.get(x);
    if (dx) tangents.set(z, mean(record, dx, attributes));
  },
};

export const spreads: Operation<[z: Tensor], [x: Tensor], Mean> = {
  name: "spread",
  examples: "all",
  encode: ({ inputs: [z], outputs: [x], into, attributes }) =>
    encoders.spread({ x, z, ...sizesOf(x, attributes, into), adaptive: attributes.adaptive }),
  vjp(record, { inputs: [z], outputs: [x], attributes }, cotangents) {
    const d = cotangents.of(x);
    cotangents.add(z, (into) => mean(record, d, attributes, into));
  },
  jvp(record, { inputs: [z], outputs: [x], attributes }, tangents) {
    const dz = tangents.get(z);
    if (dz) tangents.set(x, spread(record, dz, attributes));
  },
};
