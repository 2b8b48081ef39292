/** out = x ∘ y entry by entry. */
import type { CallRecorder, None, Operation, Tensor } from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";
import { flatLength } from "./fill.ts";

/** x ∘ y. */
export function multiply(record: CallRecorder, x: Tensor, y: Tensor, into?: Tensor): Tensor {
  return record.call(hadamard, [x, y], [x], {}, into)[0];
}

export const hadamard: Operation<[x: Tensor, y: Tensor], [out: Tensor], None> = {
  name: "multiply",
  examples: "all",
  overwrites: [0, 1],
  encode: ({ inputs: [x, y], outputs: [out], into }, precision) =>
    encoders.multiply({ out, x, y, n: flatLength(out, precision), beta: Number(!!into) }),
  vjp(record, { inputs: [x, y], outputs: [out] }, cotangents) {
    const d = cotangents.of(out);
    cotangents.add(x, (into) => multiply(record, d, y, into));
    cotangents.add(y, (into) => multiply(record, d, x, into));
  },
  jvp(record, { inputs: [x, y], outputs: [out] }, tangents) {
    const dx = tangents.get(x);
    const dy = tangents.get(y);
    let d = dx && multiply(record, dx, y);
    if (dy) d = multiply(record, x, dy, d);
    if (d) tangents.set(out, d);
  },
};
