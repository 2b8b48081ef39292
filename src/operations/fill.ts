/** out = 0, and out = x. */
import {
  type CallRecorder,
  type None,
  numberBytes,
  type Operation,
  type Precision,
  paddedColumns,
  type Shape,
  type Tensor,
} from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";

/** Numbers of a tensor with its padding: the flat kernels run over all of them. */
export function flatLength(t: Tensor, precision: Precision): number {
  return t.scalar ? (2 * t.count * 8) / numberBytes(precision) : t.count * t.rows * paddedColumns(t.columns, precision);
}

/** A tensor of zeros. */
export function zero(record: CallRecorder, { rows, columns, count = 1, scalar = false }: Shape): Tensor {
  return record.call(zeros, [], [{ rows, columns, count, scalar }])[0];
}

export const zeros: Operation<[], [out: Tensor], None> = {
  name: "zero",
  encode: ({ outputs: [out] }, precision) => encoders.zero({ out, n: flatLength(out, precision) }),
  vjp() {},
  jvp() {},
};

export const copy: Operation<[x: Tensor], [out: Tensor], None> = {
  name: "copy",
  examples: "all",
  encode: ({ inputs: [x], outputs: [out] }, precision) => encoders.copy({ out, x, n: flatLength(out, precision) }),
  vjp(_record, { inputs: [x], outputs: [out] }, cotangents) {
    cotangents.pass(x, cotangents.of(out));
  },
  jvp(_record, { inputs: [x], outputs: [out] }, tangents) {
    const dx = tangents.get(x);
    if (dx) tangents.set(out, dx);
  },
};
