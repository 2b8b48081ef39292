/** A window of columns moved into a matrix of zeros: padding, cropping, splitting and joining features. Its own adjoint. */
import { Op } from "../../assembly/opcodes.ts";
import type { Attributes, CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";

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
  return record.call(columnWindow, [x], [{ rows: x.rows, columns }], { to, from, count }, into)[0] as Tensor;
}

function windowOf({ to = 0, from = 0, count = 0 }: Attributes): Required<Omit<Window, "columns">> {
  return { to, from, count };
}

export const columnWindow: Operation = {
  name: "columns",
  examples: "all",
  encode({ inputs: [x], outputs: [out], into, attributes }) {
    const { to, from, count } = windowOf(attributes);
    return {
      op: Op.CopyColumns,
      sizes: [(out as Tensor).rows, (out as Tensor).columns, (x as Tensor).columns, into ? 1 : 0],
      coefficients: [to, from, count],
      operands: [out as Tensor, x as Tensor],
    };
  },
  vjp(record, { inputs: [x], outputs: [out], attributes }, cotangents) {
    const { to, from, count } = windowOf(attributes);
    const d = cotangents.get(out as Tensor) as Tensor;
    const back = { columns: (x as Tensor).columns, to: from, from: to, count };
    cotangents.add(x as Tensor, (into) => moveColumns(record, d, back, into));
  },
  jvp(record, { inputs: [x], outputs: [out], attributes }, tangents) {
    const dx = tangents.get(x as Tensor);
    const window = { columns: (out as Tensor).columns, ...windowOf(attributes) };
    if (dx) tangents.set(out as Tensor, moveColumns(record, dx, window));
  },
};
