/**
 * Pooling: the largest number under each window, and the mean. `pickMax` takes v where the key is largest: with v = key it is
 * the pooling itself, with a tangent its derivative; `placeMax` is the adjoint. The mean and `spread` are adjoints too.
 */
import { Op } from "../../assembly/opcodes.ts";
import type { Attributes, CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";
import { area, attributesOf, coefficientsOf, type Windows, windowsOf } from "./windows.ts";

/** The largest number under each window; the first position of equal ones gets the derivative. */
export function maxPool(record: CallRecorder, x: Tensor, windows: Windows): Tensor {
  return pickMax(record, x, x, attributesOf(windows));
}

function pickMax(record: CallRecorder, v: Tensor, key: Tensor, attributes: Attributes, into?: Tensor): Tensor {
  return record.call(picked, [v, key], [placesShape(v, attributes)], attributes, into)[0] as Tensor;
}

function placeMax(record: CallRecorder, z: Tensor, key: Tensor, attributes: Attributes, into?: Tensor): Tensor {
  return record.call(placed, [z, key], [key], attributes, into)[0] as Tensor;
}

/** The mean under each window, positions outside the image counted as zeros. */
export function averagePool(record: CallRecorder, x: Tensor, windows: Windows): Tensor {
  return mean(record, x, { ...attributesOf(windows), adaptive: 0 });
}

/** The mean over each of the `places` windows that tile the image: rows ⌊i h / n⌋ to ⌈(i + 1) h / n⌉ − 1, columns alike. */
export function adaptivePool(record: CallRecorder, x: Tensor, image: Windows["image"], places: Windows["places"]) {
  const one = [1, 1] as const;
  const windows = { image, places, window: one, stride: one, padding: [0, 0] as const, groups: 1 };
  return mean(record, x, { ...attributesOf(windows), adaptive: 1 });
}

function mean(record: CallRecorder, x: Tensor, attributes: Attributes, into?: Tensor): Tensor {
  return record.call(means, [x], [placesShape(x, attributes)], attributes, into)[0] as Tensor;
}

function spread(record: CallRecorder, z: Tensor, attributes: Attributes, into?: Tensor): Tensor {
  return record.call(spreads, [z], [imageShape(z, attributes)], attributes, into)[0] as Tensor;
}

function placesShape({ rows, columns }: Tensor, attributes: Attributes) {
  const { image, places } = windowsOf(attributes);
  return { rows: (rows / area(image)) * area(places), columns };
}

function imageShape({ rows, columns }: Tensor, attributes: Attributes) {
  const { image, places } = windowsOf(attributes);
  return { rows: (rows / area(places)) * area(image), columns };
}

function encode(op: Op): Operation["encode"] {
  return ({ inputs, outputs: [out], into, attributes }) => {
    const { image, places } = windowsOf(attributes);
    const { rows, columns } = out as Tensor;
    const toPlaces = op === Op.PickMax || op === Op.Average;
    const examples = rows / area(toPlaces ? places : image);
    return {
      op,
      sizes: [examples, columns, attributes.adaptive ?? 0, into ? 1 : 0],
      coefficients: coefficientsOf(windowsOf(attributes)),
      operands: [out as Tensor, ...inputs],
    };
  };
}

export const picked: Operation = {
  name: "pick-max",
  examples: "all",
  encode: encode(Op.PickMax),
  vjp(record, { inputs: [v, key], outputs: [z], attributes }, cotangents) {
    const d = cotangents.get(z as Tensor) as Tensor;
    cotangents.add(v as Tensor, (into) => placeMax(record, d, key as Tensor, attributes, into));
  },
  jvp(record, { inputs: [v, key], outputs: [z], attributes }, tangents) {
    const dv = tangents.get(v as Tensor);
    if (dv) tangents.set(z as Tensor, pickMax(record, dv, key as Tensor, attributes));
  },
};

export const placed: Operation = {
  name: "place-max",
  examples: "all",
  encode: encode(Op.PlaceMax),
  vjp(record, { inputs: [z, key], outputs: [v], attributes }, cotangents) {
    const d = cotangents.get(v as Tensor) as Tensor;
    cotangents.add(z as Tensor, (into) => pickMax(record, d, key as Tensor, attributes, into));
  },
  jvp(record, { inputs: [z, key], outputs: [v], attributes }, tangents) {
    const dz = tangents.get(z as Tensor);
    if (dz) tangents.set(v as Tensor, placeMax(record, dz, key as Tensor, attributes));
  },
};

export const means: Operation = {
  name: "average",
  examples: "all",
  encode: encode(Op.Average),
  vjp(record, { inputs: [x], outputs: [z], attributes }, cotangents) {
    const d = cotangents.get(z as Tensor) as Tensor;
    cotangents.add(x as Tensor, (into) => spread(record, d, attributes, into));
  },
  jvp(record, { inputs: [x], outputs: [z], attributes }, tangents) {
    const dx = tangents.get(x as Tensor);
    if (dx) tangents.set(z as Tensor, mean(record, dx, attributes));
  },
};

export const spreads: Operation = {
  name: "spread",
  examples: "all",
  encode: encode(Op.Spread),
  vjp(record, { inputs: [z], outputs: [x], attributes }, cotangents) {
    const d = cotangents.get(x as Tensor) as Tensor;
    cotangents.add(z as Tensor, (into) => mean(record, d, attributes, into));
  },
  jvp(record, { inputs: [z], outputs: [x], attributes }, tangents) {
    const dz = tangents.get(z as Tensor);
    if (dz) tangents.set(x as Tensor, spread(record, dz, attributes));
  },
};
