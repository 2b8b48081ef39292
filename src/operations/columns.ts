/** A window of columns moved into a matrix of zeros: padding, cropping, splitting and joining features. Its own adjoint. */
import type { CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";

/** Where `count` columns go: out[·, to …] = x[·, from …], in a matrix of `columns` columns. */
export interface Window {
  readonly columns: number;
  readonly to?: number;
  readonly from?: number;
  readonly count: number;
}

/** Moves a window of columns; every other column is zero, or that of `into`. */
export function moveColumns(record: CallRecorder, x: Tensor, window: Window, into?: Tensor): Tensor {
  const { columns, to = 0, from = 0, count } = window;
  return record.call(columnWindow, [x], [{ rows: x.rows, columns }], { to, from, count }, into)[0];
}

type Numbers = { readonly to: number; readonly from: number; readonly count: number };

export const columnWindow: Operation<[x: Tensor], [out: Tensor], Numbers> = {
  name: "columns",
  examples: "all",
  encode({ inputs: [x], outputs: [out], into, attributes: { to, from, count } }) {
    const { rows, columns } = out;
    return encoders.copyColumns({
      out,
      x,
      rows,
      columns,
      xColumns: x.columns,
      beta: Number(!!into),
      to,
      first: from,
      count,
    });
  },
  vjp(record, { inputs: [x], outputs: [out], attributes: { to, from, count } }, cotangents) {
    const d = cotangents.of(out);
    const back = { columns: x.columns, to: from, from: to, count };
    cotangents.add(x, (into) => moveColumns(record, d, back, into));
  },
  jvp(record, { inputs: [x], outputs: [out], attributes }, tangents) {
    const dx = tangents.get(x);
    if (dx) tangents.set(out, moveColumns(record, dx, { columns: out.columns, ...attributes }));
  },
};
