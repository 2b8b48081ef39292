/** out = x ∘ (1 sᵀ) + 1 tᵀ with fixed rows s and t: standardisation of the features. */
import { Op } from "../../assembly/opcodes.ts";
import type { CallRecorder, Operation, Tensor } from "../core/tensor.ts";

/** x ∘ (1 sᵀ) + 1 tᵀ; s and t are constants. */
export function rowAffine(record: CallRecorder, x: Tensor, scale: Tensor, shift?: Tensor, into?: Tensor): Tensor {
  const inputs = shift ? [x, scale, shift] : [x, scale];
  return record.call(rowMap, inputs, [{ rows: x.rows, columns: x.columns }], {}, into)[0] as Tensor;
}

export const rowMap: Operation = {
  name: "row-affine",
  examples: [0],
  overwrites: [0],
  encode({ inputs: [x, scale, shift], outputs: [out], into }) {
    const { rows, columns } = out as Tensor;
    const operands = [out as Tensor, x as Tensor, scale as Tensor, shift ?? null];
    return { op: Op.RowAffine, sizes: [rows, columns, 0, into ? 1 : 0], operands };
  },
  vjp(record, { inputs: [x, scale], outputs: [out] }, cotangents) {
    const d = cotangents.get(out as Tensor) as Tensor;
    cotangents.add(x as Tensor, (into) => rowAffine(record, d, scale as Tensor, undefined, into));
  },
  jvp(record, { inputs: [x, scale], outputs: [out] }, tangents) {
    const dx = tangents.get(x as Tensor);
    if (dx) tangents.set(out as Tensor, rowAffine(record, dx, scale as Tensor));
  },
};
