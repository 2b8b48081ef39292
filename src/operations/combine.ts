/** out = Σ c_i x_i: the update of every explicit method, sums and multiples. */
import { Op } from "../../assembly/opcodes.ts";
import {
  type Call,
  type CallRecorder,
  numberBytes,
  type Operation,
  type Precision,
  paddedColumns,
  type Tensor,
} from "../core/recording/tensor.ts";

/** Numbers of a tensor with its padding: the flat kernels run over all of them. */
export function flatLength(t: Tensor, precision: Precision): number {
  return t.scalar ? (2 * t.count * 8) / numberBytes(precision) : t.count * t.rows * paddedColumns(t.columns, precision);
}

/** Σ c_i x_i of equal shapes, at most five terms (four with `into`). */
export function combine(record: CallRecorder, terms: readonly (readonly [number, Tensor])[], into?: Tensor): Tensor {
  const attributes: Record<string, number> = {};
  terms.forEach(([c], i) => {
    attributes[`c${i}`] = c;
  });
  const tensors = terms.map(([, x]) => x);
  return record.call(combination, tensors, [tensors[0] as Tensor], attributes, into)[0] as Tensor;
}

/** y + c x. */
export function addScaled(record: CallRecorder, y: Tensor, c: number, x: Tensor): Tensor {
  return combine(record, [
    [1, y],
    [c, x],
  ]);
}

/** into + x, in the memory of `into`. */
export function add(record: CallRecorder, into: Tensor, x: Tensor): Tensor {
  return combine(record, [[1, x]], into);
}

const coefficient = (call: Call, i: number): number => call.attributes[`c${i}`] ?? 0;

export const combination: Operation = {
  name: "combine",
  examples: "all",
  overwrites: [0, 1, 2, 3, 4],
  encode(call, precision) {
    const output = call.outputs[0] as Tensor;
    const start = call.into ? [output] : [];
    const tensors = [...start, ...call.inputs];
    const coefficients = [...start.map(() => 1), ...call.inputs.map((_, i) => coefficient(call, i))];
    return {
      op: Op.Combine,
      sizes: [flatLength(output, precision), tensors.length],
      coefficients,
      operands: [output, ...tensors],
    };
  },
  vjp(record, call, cotangents) {
    const d = cotangents.get(call.outputs[0] as Tensor) as Tensor;
    call.inputs.forEach((x, i) => {
      const c = coefficient(call, i);
      if (c === 1) cotangents.pass(x, d);
      else cotangents.add(x, (into) => combine(record, [[c, d]], into));
    });
  },
  jvp(record, call, tangents) {
    const terms = call.inputs.flatMap((x, i) => {
      const t = tangents.get(x);
      return t ? [[coefficient(call, i), t] as const] : [];
    });
    if (terms.length > 0) tangents.set(call.outputs[0] as Tensor, combine(record, terms));
  },
};
