/** out = c (K − Kᵀ) + d I: the antisymmetric part of a square matrix, shifted. */
import type { CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";

/** c (K − Kᵀ) + d I. */
export function skew(record: CallRecorder, K: Tensor, c: number, d: number, into?: Tensor): Tensor {
  return record.call(skewPart, [K], [{ rows: K.rows, columns: K.columns }], { c, d }, into)[0];
}

export const skewPart: Operation<[K: Tensor], [out: Tensor], { readonly c: number; readonly d: number }> = {
  name: "skew",
  encode: ({ inputs: [K], outputs: [out], into, attributes: { c, d } }) =>
    encoders.skew({ out, K, n: K.rows, beta: Number(!!into), c, d }),
  vjp(record, { inputs: [K], outputs: [out], attributes: { c } }, cotangents) {
    const dA = cotangents.of(out);
    cotangents.add(K, (into) => skew(record, dA, c, 0, into));
  },
  jvp(record, { inputs: [K], outputs: [out], attributes: { c } }, tangents) {
    const dK = tangents.get(K);
    if (dK) tangents.set(out, skew(record, dK, c, 0));
  },
};
