/** out = x ∘ (1 sᵀ) + 1 tᵀ: each column times a number plus a number. `per` counts an example's rows, as in bias.ts. */
import type { CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";
import { addBias, columnSum, type Per, perAttribute } from "./bias.ts";
import * as encoders from "./encoders.generated.ts";
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
  const shape = { rows: x.rows, columns: x.columns };
  return record.call(rowMap, shift ? [x, scale, shift] : [x, scale], [shape], perAttribute(per), into)[0];
}

export const rowMap: Operation<[x: Tensor, scale: Tensor, ...shift: Tensor[]], [out: Tensor], Per> = {
  name: "row-affine",
  examples: [0],
  overwrites: [0],
  encode({ inputs: [x, scale, shift], outputs: [out], into }) {
    const { rows, columns } = out;
    return encoders.rowAffine({ out, x, scale, shift, rows, columns, beta: Number(!!into) });
  },
  vjp(record, { inputs: [x, scale, shift], outputs: [out], attributes: { per } }, cotangents) {
    const d = cotangents.of(out);
    cotangents.add(scale, (into) => columnSum(record, multiply(record, d, x), into, per));
    if (shift) cotangents.add(shift, (into) => columnSum(record, d, into, per));
    cotangents.add(x, (into) => rowAffine(record, d, scale, undefined, into, per));
  },
  jvp(record, { inputs: [x, scale, shift], outputs: [out], attributes: { per } }, tangents) {
    const dx = tangents.get(x);
    const ds = tangents.get(scale);
    const dt = shift && tangents.get(shift);
    let d = dx && rowAffine(record, dx, scale, undefined, undefined, per);
    if (ds) d = rowAffine(record, x, ds, dt, d, per);
    else if (dt) d = addBias(record, d ?? zero(record, out), dt, per);
    if (d) tangents.set(out, d);
  },
};
