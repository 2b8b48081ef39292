/** out = x ∘ y entry by entry. */
import { Op } from "../../assembly/opcodes.ts";
import type { CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";
import { flatLength } from "./combine.ts";

/** x ∘ y. */
export function multiply(record: CallRecorder, x: Tensor, y: Tensor, into?: Tensor): Tensor {
  return record.call(hadamard, [x, y], [x], {}, into)[0] as Tensor;
}

export const hadamard: Operation = {
  name: "multiply",
  examples: "all",
  overwrites: [0, 1],
  encode({ inputs: [x, y], outputs: [out], into }, precision) {
    const sizes = [flatLength(out as Tensor, precision), 0, 0, into ? 1 : 0];
    return { op: Op.Multiply, sizes, operands: [out as Tensor, x as Tensor, y as Tensor] };
  },
  vjp(record, { inputs: [x, y], outputs: [out] }, cotangents) {
    const d = cotangents.get(out as Tensor) as Tensor;
    cotangents.add(x as Tensor, (into) => multiply(record, d, y as Tensor, into));
    cotangents.add(y as Tensor, (into) => multiply(record, d, x as Tensor, into));
  },
  jvp(record, { inputs: [x, y], outputs: [out] }, tangents) {
    const dx = tangents.get(x as Tensor);
    const dy = tangents.get(y as Tensor);
    let d = dx && multiply(record, dx, y as Tensor);
    if (dy) d = multiply(record, x as Tensor, dy, d);
    if (d) tangents.set(out as Tensor, d);
  },
};
