/** out = c (K − Kᵀ) + d I: the antisymmetric part of a square matrix, shifted. */
import { Op } from "../../assembly/opcodes.ts";
import type { CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";

/** c (K − Kᵀ) + d I. */
export function skew(record: CallRecorder, K: Tensor, c: number, d: number, into?: Tensor): Tensor {
  return record.call(skewPart, [K], [{ rows: K.rows, columns: K.columns }], { c, d }, into)[0] as Tensor;
}

export const skewPart: Operation = {
  name: "skew",
  encode({ inputs: [K], outputs: [out], into, attributes: { c = 1, d = 0 } }) {
    const sizes = [(K as Tensor).rows, 0, 0, into ? 1 : 0];
    return { op: Op.Skew, sizes, coefficients: [c, d], operands: [out as Tensor, K as Tensor] };
  },
  vjp(record, { inputs: [K], outputs: [out], attributes: { c = 1 } }, cotangents) {
    const dA = cotangents.get(out as Tensor) as Tensor;
    cotangents.add(K as Tensor, (into) => skew(record, dA, c, 0, into));
  },
  jvp(record, { inputs: [K], outputs: [out], attributes: { c = 1 } }, tangents) {
    const dK = tangents.get(K as Tensor);
    if (dK) tangents.set(out as Tensor, skew(record, dK, c, 0));
  },
};
