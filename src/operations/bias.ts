/**
 * out = x + 1 bᵀ: the row b is added to every row; and its adjoint, the column sum 1ᵀ x, added in shards of examples. `per`
 * counts an example's rows: 1, or the positions of an image.
 */
import { Op } from "../../assembly/opcodes.ts";
import { type Shards, shardsOf } from "../core/recording/shards.ts";
import type { Attributes, CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";
import { zero } from "./fill.ts";

/** The rows of an example, where they are more than one, as attribute of a call. */
export const perAttribute = (per: number): Attributes => (per === 1 ? {} : { per });

/** x + 1 bᵀ. */
export function addBias(record: CallRecorder, x: Tensor, b: Tensor, per = 1): Tensor {
  return record.call(bias, [x, b], [{ rows: x.rows, columns: x.columns }], perAttribute(per))[0] as Tensor;
}

/** 1ᵀ x as one row. */
export function columnSum(record: CallRecorder, x: Tensor, into?: Tensor, per = 1): Tensor {
  return record.call(columnSums, [x], [{ rows: 1, columns: x.columns }], perAttribute(per), into)[0] as Tensor;
}

/** How a sum over the rows of `x` is sharded: whole examples of `per` rows; `given` are a thread's own shards. */
export function rowShards(x: Tensor, per: number, given?: Shards): [shards: number, rows: number] {
  const { count, rows } = shardsOf(x.rows / per, given);
  return [count, rows * per];
}

export const bias: Operation = {
  name: "bias",
  examples: [0],
  overwrites: [0],
  encode({ inputs: [x, b], outputs: [out] }) {
    const output = out as Tensor;
    return { op: Op.AddRow, sizes: [output.rows, output.columns], operands: [output, x as Tensor, b as Tensor] };
  },
  vjp(record, { inputs: [x, b], outputs: [out], attributes: { per } }, cotangents) {
    const d = cotangents.get(out as Tensor) as Tensor;
    cotangents.add(b as Tensor, (into) => columnSum(record, d, into, per));
    cotangents.pass(x as Tensor, d);
  },
  jvp(record, { inputs: [x, b], outputs: [out], attributes: { per } }, tangents) {
    const dx = tangents.get(x as Tensor);
    const db = tangents.get(b as Tensor);
    if (db) tangents.set(out as Tensor, addBias(record, dx ?? zero(record, out as Tensor), db, per));
    else if (dx) tangents.set(out as Tensor, dx);
  },
};

export const columnSums: Operation = {
  name: "column-sum",
  examples: "all",
  sums: true,
  encode({ inputs: [x], outputs: [out], into, attributes: { per = 1 }, shards }) {
    const { rows, columns } = x as Tensor;
    const sizes = [rows, columns, 0, into ? 1 : 0, ...rowShards(x as Tensor, per, shards)];
    return { op: Op.ColumnSum, sizes, operands: [out as Tensor, x as Tensor] };
  },
  vjp(record, { inputs: [x], outputs: [out], attributes: { per } }, cotangents) {
    const d = cotangents.get(out as Tensor) as Tensor;
    cotangents.add(x as Tensor, (into) => addBias(record, into ?? zero(record, x as Tensor), d, per));
  },
  jvp(record, { inputs: [x], outputs: [out], attributes: { per } }, tangents) {
    const dx = tangents.get(x as Tensor);
    if (dx) tangents.set(out as Tensor, columnSum(record, dx, undefined, per));
  },
};
