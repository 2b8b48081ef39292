/** Inverted dropout, x ∘ mask / (1 − rate), with a mask that follows from seed, step and the example's number. Its own adjoint. */
import { Op } from "../../assembly/opcodes.ts";
import type { CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";

/** What the mask follows from: see assembly/dropout.ts. */
export interface MaskSource {
  /** Each example's number in the batch, one row an example. */
  readonly examples: Tensor;
  /** Seed and step. */
  readonly counters: Tensor;
  readonly stream: number;
}

/** x with every number kept with probability 1 − rate and divided by it, or zero. */
export function dropout(record: CallRecorder, x: Tensor, source: MaskSource, rate: number, into?: Tensor): Tensor {
  const { examples, counters, stream } = source;
  return record.call(masking, [x, examples, counters], [x], { stream, rate }, into)[0] as Tensor;
}

export const masking: Operation = {
  name: "dropout",
  examples: [0, 1],
  overwrites: [0],
  encode({ inputs: [x, examples, counters], outputs: [out], into, attributes: { stream = 0, rate = 0 } }) {
    const { rows, columns } = out as Tensor;
    return {
      op: Op.Dropout,
      sizes: [rows, columns, rows / (examples as Tensor).rows, into ? 1 : 0, 0, stream],
      coefficients: [rate],
      operands: [out as Tensor, x as Tensor, examples as Tensor, counters as Tensor],
    };
  },
  vjp(record, { inputs, outputs: [out], attributes: { stream = 0, rate = 0 } }, cotangents) {
    const [x, examples, counters] = inputs as [Tensor, Tensor, Tensor];
    const d = cotangents.get(out as Tensor) as Tensor;
    cotangents.add(x, (into) => dropout(record, d, { examples, counters, stream }, rate, into));
  },
  jvp(record, { inputs, outputs: [out], attributes: { stream = 0, rate = 0 } }, tangents) {
    const [x, examples, counters] = inputs as [Tensor, Tensor, Tensor];
    const dx = tangents.get(x);
    if (dx) tangents.set(out as Tensor, dropout(record, dx, { examples, counters, stream }, rate));
  },
};
