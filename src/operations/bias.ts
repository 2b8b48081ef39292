/** out = x + 1 bᵀ: the row b is added to every example; and its adjoint, the column sum 1ᵀ x, added in shards. */
import { Op } from "../../assembly/opcodes.ts";
import { shardsOf } from "../core/shards.ts";
import type { CallRecorder, Operation, Tensor } from "../core/tensor.ts";
import { zero } from "./fill.ts";

/** x + 1 bᵀ. */
export function addBias(record: CallRecorder, x: Tensor, b: Tensor): Tensor {
  return record.call(bias, [x, b], [{ rows: x.rows, columns: x.columns }])[0] as Tensor;
}

/** 1ᵀ x as one row. */
export function columnSum(record: CallRecorder, x: Tensor, into?: Tensor): Tensor {
  return record.call(columnSums, [x], [{ rows: 1, columns: x.columns }], {}, into)[0] as Tensor;
}

export const bias: Operation = {
  name: "bias",
  examples: [0],
  overwrites: [0],
  encode({ inputs: [x, b], outputs: [out] }) {
    const output = out as Tensor;
    return { op: Op.AddRow, sizes: [output.rows, output.columns], operands: [output, x as Tensor, b as Tensor] };
  },
  vjp(record, { inputs: [x, b], outputs: [out] }, cotangents) {
    const d = cotangents.get(out as Tensor) as Tensor;
    cotangents.add(b as Tensor, (into) => columnSum(record, d, into));
    cotangents.pass(x as Tensor, d);
  },
  jvp(record, { inputs: [x, b], outputs: [out] }, tangents) {
    const dx = tangents.get(x as Tensor);
    const db = tangents.get(b as Tensor);
    if (db) tangents.set(out as Tensor, addBias(record, dx ?? zero(record, out as Tensor), db));
    else if (dx) tangents.set(out as Tensor, dx);
  },
};

export const columnSums: Operation = {
  name: "column-sum",
  examples: "all",
  sums: true,
  encode({ inputs: [x], outputs: [out], into, shards: given }) {
    const { rows, columns } = x as Tensor;
    const shards = shardsOf(rows, given);
    const sizes = [rows, columns, 0, into ? 1 : 0, shards.count, shards.rows];
    return { op: Op.ColumnSum, sizes, operands: [out as Tensor, x as Tensor] };
  },
  vjp(record, { inputs: [x], outputs: [out] }, cotangents) {
    const d = cotangents.get(out as Tensor) as Tensor;
    cotangents.add(x as Tensor, (into) => addBias(record, into ?? zero(record, x as Tensor), d));
  },
  jvp(record, { inputs: [x], outputs: [out] }, tangents) {
    const dx = tangents.get(x as Tensor);
    if (dx) tangents.set(out as Tensor, columnSum(record, dx));
  },
};
