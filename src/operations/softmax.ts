/** Each row's probabilities exp s_k / Σ exp s. For predictions; training uses the loss, which contains it. */
import type { CallRecorder, None, Operation, Tensor } from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";

export function softmax(record: CallRecorder, scores: Tensor): Tensor {
  return record.call(rowSoftmax, [scores], [scores])[0];
}

export const rowSoftmax: Operation<[s: Tensor], [p: Tensor], None> = {
  name: "softmax",
  examples: "all",
  encode: ({ inputs: [s], outputs: [p] }) => encoders.softmax({ p, s, rows: s.rows, columns: s.columns }),
};
