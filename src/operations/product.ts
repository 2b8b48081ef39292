/** Matrix products  nn: C = A B,  nt: C = A Bᵀ,  tn: C = Aᵀ B (summed over examples, in shards). */
import { Op } from "../../assembly/opcodes.ts";
import { shardCount, shardRows } from "../core/shards.ts";
import {
  type Call,
  type CallRecorder,
  numberBytes,
  type Operation,
  type Precision,
  paddedColumns,
  type Tensor,
} from "../core/tensor.ts";

/** C = A B: rows of Y by weights in × out. */
export function product(record: CallRecorder, a: Tensor, b: Tensor, into?: Tensor): Tensor {
  return record.call(productNN, [a, b], [{ rows: a.rows, columns: b.columns }], {}, into)[0] as Tensor;
}

/** C = A Bᵀ. */
export function productTransposed(record: CallRecorder, a: Tensor, b: Tensor, into?: Tensor): Tensor {
  return record.call(productNT, [a, b], [{ rows: a.rows, columns: b.rows }], {}, into)[0] as Tensor;
}

/** C = Aᵀ B. */
export function transposedProduct(record: CallRecorder, a: Tensor, b: Tensor, into?: Tensor): Tensor {
  return record.call(productTN, [a, b], [{ rows: a.columns, columns: b.columns }], {}, into)[0] as Tensor;
}

type Product = typeof product;

/** dC = dA · B + A · dB for a product that is linear in both. */
function bilinear(multiply: Product): NonNullable<Operation["jvp"]> {
  return (record, { inputs: [a, b], outputs: [c] }, tangents) => {
    if (!a || !b || !c) return;
    const da = tangents.get(a);
    const db = tangents.get(b);
    let dc = da && multiply(record, da, b);
    if (db) dc = multiply(record, a, db, dc);
    if (dc) tangents.set(c, dc);
  };
}

function operands(call: Call): [Tensor, Tensor, Tensor] {
  return [call.outputs[0] as Tensor, call.inputs[0] as Tensor, call.inputs[1] as Tensor];
}

/** Two operations for each term of each entry of C. */
const flops = (call: Call): number => {
  const [c, a] = operands(call);
  return 2 * c.rows * c.columns * (call.operation === productTN ? a.rows : a.columns);
};

const beta = (call: Call): number => (call.into ? 1 : 0);

/** k rows of n padded numbers, for the packed second operand. */
function packedBytes(k: number, n: number, precision: Precision): number {
  return k * paddedColumns(n, precision) * numberBytes(precision);
}

export const productNN: Operation = {
  name: "product",
  flops,
  encode(call) {
    const [c, a, b] = operands(call);
    return { op: Op.ProductNN, sizes: [c.rows, c.columns, a.columns, beta(call)], operands: [c, a, b, "scratch"] };
  },
  scratch: ({ inputs: [, b] }, precision) => packedBytes(b?.rows ?? 0, b?.columns ?? 0, precision),
  vjp(record, call, cotangents) {
    const [c, a, b] = operands(call);
    const dc = cotangents.get(c) as Tensor;
    cotangents.add(b, (into) => transposedProduct(record, a, dc, into));
    cotangents.add(a, (into) => productTransposed(record, dc, b, into));
  },
  jvp: bilinear(product),
};

export const productNT: Operation = {
  name: "product-nt",
  flops,
  encode(call) {
    const [c, a, b] = operands(call);
    return { op: Op.ProductNT, sizes: [c.rows, c.columns, a.columns, beta(call)], operands: [c, a, b, "scratch"] };
  },
  scratch: ({ inputs: [, b] }, precision) => packedBytes(b?.columns ?? 0, b?.rows ?? 0, precision),
  vjp(record, call, cotangents) {
    const [c, a, b] = operands(call);
    const dc = cotangents.get(c) as Tensor;
    cotangents.add(b, (into) => transposedProduct(record, dc, a, into));
    cotangents.add(a, (into) => product(record, dc, b, into));
  },
  jvp: bilinear(productTransposed),
};

export const productTN: Operation = {
  name: "product-tn",
  flops,
  encode(call) {
    const [c, a, b] = operands(call);
    const shards = shardCount(a.rows);
    return {
      op: Op.ProductTN,
      sizes: [c.rows, c.columns, a.rows, beta(call), shards, shardRows(a.rows, shards)],
      operands: [c, a, b, "scratch"],
    };
  },
  scratch: ({ inputs: [a] }) => 16 * (2 * (a?.rows ?? 0) + 6 * (a?.columns ?? 0)),
  vjp(record, call, cotangents) {
    const [c, a, b] = operands(call);
    const dc = cotangents.get(c) as Tensor;
    cotangents.add(a, (into) => productTransposed(record, b, dc, into));
    cotangents.add(b, (into) => product(record, a, dc, into));
  },
  jvp: bilinear(transposedProduct),
};
