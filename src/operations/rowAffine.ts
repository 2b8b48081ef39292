/** out = x ∘ (1 sᵀ) + 1 tᵀ: each column times a number plus a number. `per` counts an example's rows, as in bias.ts. */
import { Op } from "../../assembly/opcodes.ts";
import type { CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";
import { addBias, columnSum, perAttribute } from "./bias.ts";
import { zero } from "./fill.ts";
import { multiply } from "./multiply.ts";

/** x ∘ (1 sᵀ) + 1 tᵀ. */
export function rowAffine(
  record: CallRecorder,
  x: Tensor,
  scale: Tensor,
  shift?: Tensor,
  into?: Tensor,
  per = 1,
): Tensor {
  const inputs = shift ? [x, scale, shift] : [x, scale];
  return record.call(rowMap, inputs, [{ rows: x.rows, columns: x.columns }], perAttribute(per), into)[0] as Tensor;
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
  vjp(record, { inputs: [x, scale, shift], outputs: [out], attributes: { per } }, cotangents) {
    const d = cotangents.get(out as Tensor) as Tensor;
    cotangents.add(scale as Tensor, (into) => columnSum(record, multiply(record, d, x as Tensor), into, per));
    if (shift) cotangents.add(shift, (into) => columnSum(record, d, into, per));
    cotangents.add(x as Tensor, (into) => rowAffine(record, d, scale as Tensor, undefined, into, per));
  },
  jvp(record, { inputs: [x, scale, shift], outputs: [out], attributes: { per } }, tangents) {
    const dx = tangents.get(x as Tensor);
    const ds = tangents.get(scale as Tensor);
    const dt = shift && tangents.get(shift);
    let d = dx && rowAffine(record, dx, scale as Tensor, undefined, undefined, per);
    if (ds) d = rowAffine(record, x as Tensor, ds, dt, d, per);
    else if (dt) d = addBias(record, d ?? zero(record, out as Tensor), dt, per);
    if (d) tangents.set(out as Tensor, d);
  },
};
