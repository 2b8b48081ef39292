/** out = 0, and out = x. */
import { Op } from "../../assembly/opcodes.ts";
import type { CallRecorder, Operation, Shape, Tensor } from "../core/recording/tensor.ts";
import { flatLength } from "./combine.ts";

/** A tensor of zeros. */
export function zero(record: CallRecorder, shape: Shape): Tensor {
  const { rows, columns, count = 1, scalar = false } = shape;
  return record.call(zeros, [], [{ rows, columns, count, scalar }])[0] as Tensor;
}

export const zeros: Operation = {
  name: "zero",
  encode(call, precision) {
    const output = call.outputs[0] as Tensor;
    return { op: Op.Zero, sizes: [flatLength(output, precision)], operands: [output] };
  },
  vjp() {},
  jvp() {},
};

export const copy: Operation = {
  name: "copy",
  examples: "all",
  encode(call, precision) {
    const output = call.outputs[0] as Tensor;
    return { op: Op.Copy, sizes: [flatLength(output, precision)], operands: [output, call.inputs[0] as Tensor] };
  },
  vjp(_record, call, cotangents) {
    cotangents.pass(call.inputs[0] as Tensor, cotangents.get(call.outputs[0] as Tensor) as Tensor);
  },
  jvp(_record, call, tangents) {
    const t = tangents.get(call.inputs[0] as Tensor);
    if (t) tangents.set(call.outputs[0] as Tensor, t);
  },
};
