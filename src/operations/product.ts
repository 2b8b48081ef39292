/** Matrix products  nn: C = A B,  nt: C = A Bᵀ,  tn: C = Aᵀ B (summed over examples, in shards). */
import { shardsOf } from "../core/recording/shards.ts";
import { type CallRecorder, type None, numberBytes, type Operation, type Tensor } from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";

/** C = A B: rows of Y by weights in × out. */
export function product(record: CallRecorder, a: Tensor, b: Tensor, into?: Tensor): Tensor {
  return record.call(productNN, [a, b], [{ rows: a.rows, columns: b.columns }], {}, into)[0];
}

/** C = A Bᵀ. */
export function productTransposed(record: CallRecorder, a: Tensor, b: Tensor, into?: Tensor): Tensor {
  return record.call(productNT, [a, b], [{ rows: a.rows, columns: b.rows }], {}, into)[0];
}

/** C = Aᵀ B. */
export function transposedProduct(record: CallRecorder, a: Tensor, b: Tensor, into?: Tensor): Tensor {
  return record.call(productTN, [a, b], [{ rows: a.columns, columns: b.columns }], {}, into)[0];
}

type Product = Operation<[a: Tensor, b: Tensor], [c: Tensor], None>;

/** dC = dA · B + A · dB for a product that is linear in both. */
function bilinear(multiply: typeof product): NonNullable<Product["jvp"]> {
  return (record, { inputs: [a, b], outputs: [c] }, tangents) => {
    const da = tangents.get(a);
    const db = tangents.get(b);
    let dc = da && multiply(record, da, b);
    if (db) dc = multiply(record, a, db, dc);
    if (dc) tangents.set(c, dc);
  };
}

// Two operations for each term of each entry of C.
const flops = (terms: (a: Tensor) => number): NonNullable<Product["flops"]> => {
  return ({ inputs: [a], outputs: [c] }) => 2 * c.rows * c.columns * terms(a);
};

export const productNN: Product = {
  name: "product",
  examples: [0],
  flops: flops((a) => a.columns),
  encode({ inputs: [a, b], outputs: [c], into }, precision) {
    const sizes = { m: c.rows, n: c.columns, k: a.columns, beta: Number(!!into) };
    return encoders.productNN({ c, a, b, ...sizes }, numberBytes(precision));
  },
  vjp(record, { inputs: [a, b], outputs: [c] }, cotangents) {
    const dc = cotangents.of(c);
    cotangents.add(b, (into) => transposedProduct(record, a, dc, into));
    cotangents.add(a, (into) => productTransposed(record, dc, b, into));
  },
  jvp: bilinear(product),
};

export const productNT: Product = {
  name: "product-nt",
  examples: [0],
  flops: flops((a) => a.columns),
  encode({ inputs: [a, b], outputs: [c], into }, precision) {
    const sizes = { m: c.rows, n: c.columns, k: a.columns, beta: Number(!!into) };
    return encoders.productNT({ c, a, b, ...sizes }, numberBytes(precision));
  },
  vjp(record, { inputs: [a, b], outputs: [c] }, cotangents) {
    const dc = cotangents.of(c);
    cotangents.add(b, (into) => transposedProduct(record, dc, a, into));
    cotangents.add(a, (into) => product(record, dc, b, into));
  },
  jvp: bilinear(productTransposed),
};

export const productTN: Product = {
  name: "product-tn",
  examples: "all",
  sums: true,
  flops: flops((a) => a.rows),
  encode({ inputs: [a, b], outputs: [c], into, shards }, precision) {
    const { count, rows } = shardsOf(a.rows, shards);
    const sizes = { m: c.rows, n: c.columns, k: a.rows, beta: Number(!!into), shards: count, shardRows: rows };
    return encoders.productTN({ c, a, b, ...sizes }, numberBytes(precision));
  },
  vjp(record, { inputs: [a, b], outputs: [c] }, cotangents) {
    const dc = cotangents.of(c);
    cotangents.add(a, (into) => productTransposed(record, b, dc, into));
    cotangents.add(b, (into) => product(record, a, dc, into));
  },
  jvp: bilinear(transposedProduct),
};
