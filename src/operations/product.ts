/** Matrix products  nn: C = A B,  nt: C = A Bᵀ,  tn: C = Aᵀ B (summed over examples, in shards). */
import { Op, Packing } from "../../assembly/opcodes.ts";
import { type Shards, shardsOf } from "../core/recording/shards.ts";
import {
  type Call,
  type CallRecorder,
  numberBytes,
  type Operation,
  type Precision,
  paddedColumns,
  type Tensor,
} from "../core/recording/tensor.ts";

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

const rowBytes = (columns: number, precision: Precision): number =>
  paddedColumns(columns, precision) * numberBytes(precision);

/** Two panels of the second operand, k rows of up to four vectors in all. */
const panelBytes = (k: number, n: number, precision: Precision): number => k * Math.min(64, rowBytes(n, precision));

/** Partial sums, a panel of the second operand, and columns of the first where its shards are large: gemm_tn. */
function shardedBytes(m: number, k: number, precision: Precision, shards?: Shards): number {
  const columns = 4 * Math.ceil(m / 4);
  const copied = rowBytes(m, precision) * shardsOf(k, shards).rows >= Packing.ShardBytes;
  const copy = copied ? k * Math.min(columns, Packing.Columns) * numberBytes(precision) : 0;
  return 16 * (6 * columns + 2 * k) + copy;
}

export const productNN: Operation = {
  name: "product",
  examples: [0],
  flops,
  encode(call) {
    const [c, a, b] = operands(call);
    return { op: Op.ProductNN, sizes: [c.rows, c.columns, a.columns, beta(call)], operands: [c, a, b, "scratch"] };
  },
  scratch: ({ inputs: [, b] }, precision) => panelBytes(b?.rows ?? 0, b?.columns ?? 0, precision),
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
  examples: [0],
  flops,
  encode(call) {
    const [c, a, b] = operands(call);
    return { op: Op.ProductNT, sizes: [c.rows, c.columns, a.columns, beta(call)], operands: [c, a, b, "scratch"] };
  },
  scratch: ({ inputs: [, b] }, precision) => panelBytes(b?.columns ?? 0, b?.rows ?? 0, precision),
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
  examples: "all",
  sums: true,
  flops,
  encode(call) {
    const [c, a, b] = operands(call);
    const shards = shardsOf(a.rows, call.shards);
    return {
      op: Op.ProductTN,
      sizes: [c.rows, c.columns, a.rows, beta(call), shards.count, shards.rows],
      operands: [c, a, b, "scratch"],
    };
  },
  scratch: ({ inputs: [a], shards }, precision) => shardedBytes(a?.columns ?? 0, a?.rows ?? 0, precision, shards),
  vjp(record, call, cotangents) {
    const [c, a, b] = operands(call);
    const dc = cotangents.get(c) as Tensor;
    cotangents.add(a, (into) => productTransposed(record, b, dc, into));
    cotangents.add(b, (into) => product(record, a, dc, into));
  },
  jvp: bilinear(transposedProduct),
};
