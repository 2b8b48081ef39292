/** Each row's probabilities exp s_k / Σ exp s. For predictions; training uses the loss, which contains it. */
import { Op } from "../../assembly/opcodes.ts";
import type { CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";

export function softmax(record: CallRecorder, scores: Tensor): Tensor {
  return record.call(rowSoftmax, [scores], [scores])[0] as Tensor;
}

export const rowSoftmax: Operation = {
  name: "softmax",
  examples: "all",
  encode({ inputs: [s], outputs: [p] }) {
    const { rows, columns } = s as Tensor;
    return { op: Op.Softmax, sizes: [rows, columns], operands: [p as Tensor, s as Tensor] };
  },
};
