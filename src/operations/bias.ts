/**
 * out = x + 1 bᵀ: the row b is added to every row; and its adjoint, the column sum 1ᵀ x, added in shards of examples. `per`
 * counts an example's rows: 1, or the positions of an image.
 */
import { type Shards, shardsOf } from "../core/recording/shards.ts";
import type { CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";
import { zero } from "./fill.ts";

/** The rows of an example, where they are more than one. */
export type Per = { readonly per?: number };

export const perAttribute = (per: number): Per => (per === 1 ? {} : { per });

/** x + 1 bᵀ. */
export function addBias(record: CallRecorder, x: Tensor, b: Tensor, per = 1): Tensor {
  return record.call(bias, [x, b], [{ rows: x.rows, columns: x.columns }], perAttribute(per))[0];
}

/** 1ᵀ x as one row. */
export function columnSum(record: CallRecorder, x: Tensor, into?: Tensor, per = 1): Tensor {
  return record.call(columnSums, [x], [{ rows: 1, columns: x.columns }], perAttribute(per), into)[0];
}

/** How a sum over the rows of `x` is sharded: whole examples of `per` rows; `given` are a thread's own shards. */
export function rowShards(x: Tensor, per: number, given?: Shards): { shards: number; shardRows: number } {
  const { count, rows } = shardsOf(x.rows / per, given);
  return { shards: count, shardRows: rows * per };
}

export const bias: Operation<[x: Tensor, b: Tensor], [out: Tensor], Per> = {
  name: "bias",
  examples: [0],
  overwrites: [0],
  encode({ inputs: [x, b], outputs: [out] }) {
    const { rows, columns } = out;
    return encoders.addRow({ out, x, b, rows, columns });
  },
  vjp(record, { inputs: [x, b], outputs: [out], attributes: { per } }, cotangents) {
    const d = cotangents.of(out);
    cotangents.add(b, (into) => columnSum(record, d, into, per));
    cotangents.pass(x, d);
  },
  jvp(record, { inputs: [x, b], outputs: [out], attributes: { per } }, tangents) {
    const dx = tangents.get(x);
    const db = tangents.get(b);
    if (db) tangents.set(out, addBias(record, dx ?? zero(record, out), db, per));
    else if (dx) tangents.set(out, dx);
  },
};

export const columnSums: Operation<[x: Tensor], [out: Tensor], Per> = {
  name: "column-sum",
  examples: "all",
  sums: true,
  encode({ inputs: [x], outputs: [out], into, attributes: { per = 1 }, shards }) {
    const { rows, columns } = x;
    return encoders.columnSum({ out, x, rows, columns, beta: Number(!!into), ...rowShards(x, per, shards) });
  },
  vjp(record, { inputs: [x], outputs: [out], attributes: { per } }, cotangents) {
    const d = cotangents.of(out);
    cotangents.add(x, (into) => addBias(record, into ?? zero(record, x), d, per));
  },
  jvp(record, { inputs: [x], outputs: [out], attributes: { per } }, tangents) {
    const dx = tangents.get(x);
    if (dx) tangents.set(out, columnSum(record, dx, undefined, per));
  },
};
