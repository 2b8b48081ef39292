/**
 * Images between the API's order, one row (channel, row, column) for each example, and the kernels' order, one row of channels
 * for each (example, row, column). Either operation is the inverse and the adjoint of the other.
 */
import type { CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";

/** Rows of channels from plain features of `channels` channels. */
export function toImage(record: CallRecorder, x: Tensor, channels: number, into?: Tensor): Tensor {
  const positions = x.columns / channels;
  const shape = { rows: x.rows * positions, columns: channels, count: x.count };
  return record.call(imageOrder, [x], [shape], { positions }, into)[0];
}

/** Plain features from rows of channels, `positions` of them an example. */
export function toFeatures(record: CallRecorder, x: Tensor, positions: number, into?: Tensor): Tensor {
  const shape = { rows: x.rows / positions, columns: x.columns * positions, count: x.count };
  return record.call(featureOrder, [x], [shape], { positions }, into)[0];
}

type Order = Operation<[x: Tensor], [out: Tensor], { readonly positions: number }>;

/** Sizes of both, told by the image. */
const sizesOf = ({ rows, columns, count }: Tensor, positions: number) => ({
  examples: (rows * count) / positions,
  channels: columns,
  positions,
});

export const imageOrder: Order = {
  name: "to-image",
  examples: "all",
  flops: () => 0,
  encode: ({ inputs: [plain], outputs: [image], into, attributes: { positions } }) =>
    encoders.toImage({ image, plain, ...sizesOf(image, positions), beta: Number(!!into) }),
  vjp(record, { inputs: [x], outputs: [out], attributes: { positions } }, cotangents) {
    const d = cotangents.of(out);
    cotangents.add(x, (into) => toFeatures(record, d, positions, into));
  },
  jvp(record, { inputs: [x], outputs: [out] }, tangents) {
    const dx = tangents.get(x);
    if (dx) tangents.set(out, toImage(record, dx, out.columns));
  },
};

export const featureOrder: Order = {
  name: "to-features",
  examples: "all",
  flops: () => 0,
  encode: ({ inputs: [image], outputs: [plain], into, attributes: { positions } }) =>
    encoders.toFeatures({ plain, image, ...sizesOf(image, positions), beta: Number(!!into) }),
  vjp(record, { inputs: [x], outputs: [out] }, cotangents) {
    const d = cotangents.of(out);
    cotangents.add(x, (into) => toImage(record, d, x.columns, into));
  },
  jvp(record, { inputs: [x], outputs: [out], attributes: { positions } }, tangents) {
    const dx = tangents.get(x);
    if (dx) tangents.set(out, toFeatures(record, dx, positions));
  },
};
