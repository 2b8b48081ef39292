/** Inverted dropout, x ∘ mask / (1 − rate), with a mask that follows from seed, step and the example's number. Its own adjoint. */
import type { CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";

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
  return record.call(masking, [x, examples, counters], [x], { stream, rate }, into)[0];
}

type Inputs = [x: Tensor, examples: Tensor, counters: Tensor];
type Numbers = { readonly stream: number; readonly rate: number };

export const masking: Operation<Inputs, [out: Tensor], Numbers> = {
  name: "dropout",
  examples: [0, 1],
  overwrites: [0],
  encode({ inputs: [x, examples, counters], outputs: [out], into, attributes: { stream, rate } }) {
    const { rows, columns } = out;
    const sizes = { rows, columns, per: rows / examples.rows, beta: Number(!!into), stream, rate };
    return encoders.dropout({ out, x, examples, counters, ...sizes });
  },
  vjp(record, { inputs: [x, examples, counters], outputs: [out], attributes: { stream, rate } }, cotangents) {
    const d = cotangents.of(out);
    cotangents.add(x, (into) => dropout(record, d, { examples, counters, stream }, rate, into));
  },
  jvp(record, { inputs: [x, examples, counters], outputs: [out], attributes: { stream, rate } }, tangents) {
    const dx = tangents.get(x);
    if (dx) tangents.set(out, dropout(record, dx, { examples, counters, stream }, rate));
  },
};
