/**
 * Images between the API's order, one row (channel, row, column) for each example, and the kernels' order, one row of channels
 * for each (example, row, column). Either operation is the inverse and the adjoint of the other.
 */
import { Op } from "../../assembly/opcodes.ts";
import type { CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";

/** Rows of channels from plain features of `channels` channels. */
export function toImage(record: CallRecorder, x: Tensor, channels: number, into?: Tensor): Tensor {
  const positions = x.columns / channels;
  const shape = { rows: x.rows * positions, columns: channels, count: x.count };
  return record.call(imageOrder, [x], [shape], { positions }, into)[0] as Tensor;
}

/** Plain features from rows of channels, `positions` of them an example. */
export function toFeatures(record: CallRecorder, x: Tensor, positions: number, into?: Tensor): Tensor {
  const shape = { rows: x.rows / positions, columns: x.columns * positions, count: x.count };
  return record.call(featureOrder, [x], [shape], { positions }, into)[0] as Tensor;
}

export const imageOrder: Operation = {
  name: "to-image",
  examples: "all",
  flops: () => 0,
  encode({ inputs: [x], outputs: [out], into, attributes: { positions = 1 } }) {
    const { rows, columns, count } = out as Tensor;
    const sizes = [(rows * count) / positions, columns, positions, into ? 1 : 0];
    return { op: Op.ToImage, sizes, operands: [out as Tensor, x as Tensor] };
  },
  vjp(record, { inputs: [x], outputs: [out], attributes: { positions = 1 } }, cotangents) {
    const d = cotangents.get(out as Tensor) as Tensor;
    cotangents.add(x as Tensor, (into) => toFeatures(record, d, positions, into));
  },
  jvp(record, { inputs: [x], outputs: [out] }, tangents) {
    const dx = tangents.get(x as Tensor);
    if (dx) tangents.set(out as Tensor, toImage(record, dx, (out as Tensor).columns));
  },
};

export const featureOrder: Operation = {
  name: "to-features",
  examples: "all",
  flops: () => 0,
  encode({ inputs: [x], outputs: [out], into, attributes: { positions = 1 } }) {
    const { rows, columns, count } = x as Tensor;
    const sizes = [(rows * count) / positions, columns, positions, into ? 1 : 0];
    return { op: Op.ToFeatures, sizes, operands: [out as Tensor, x as Tensor] };
  },
  vjp(record, { inputs: [x], outputs: [out] }, cotangents) {
    const d = cotangents.get(out as Tensor) as Tensor;
    cotangents.add(x as Tensor, (into) => toImage(record, d, (x as Tensor).columns, into));
  },
  jvp(record, { inputs: [x], outputs: [out], attributes: { positions = 1 } }, tangents) {
    const dx = tangents.get(x as Tensor);
    if (dx) tangents.set(out as Tensor, toFeatures(record, dx, positions));
  },
};
