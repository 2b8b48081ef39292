/**
 * y = x ∘ (k + α Σ x²)^(−β), the sum over neighbouring columns (channels): Krizhevsky, Sutskever & Hinton 2012, section 3.3.
 * Made of squares, sums over neighbours and powers, whose derivatives are operations of the same kind.
 */
import { Op } from "../../assembly/opcodes.ts";
import {
  type Attributes,
  type CallRecorder,
  numberBytes,
  type Operation,
  paddedColumns,
  type Tensor,
} from "../core/recording/tensor.ts";
import { multiply } from "./multiply.ts";

export interface LocalResponse {
  /** Columns in a sum, odd. */
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
}

/** x ∘ (k + α Σ x²)^(−β). */
export function localResponse(record: CallRecorder, x: Tensor, { size, alpha, beta, k }: LocalResponse): Tensor {
  const energy = neighbourSum(record, multiply(record, x, x), (size - 1) / 2);
  return multiply(record, x, affinePower(record, energy, { c: 1, k, a: alpha, e: -beta }));
}

/** Sums over the columns at most `half` away. Its own adjoint. */
function neighbourSum(record: CallRecorder, x: Tensor, half: number, into?: Tensor): Tensor {
  return record.call(neighbourSums, [x], [x], { half }, into)[0] as Tensor;
}

/** c (k + a x)^e. */
function affinePower(record: CallRecorder, x: Tensor, power: Attributes): Tensor {
  return record.call(affinePowers, [x], [x], power)[0] as Tensor;
}

export const neighbourSums: Operation = {
  name: "neighbour-sum",
  examples: "all",
  flops: ({ outputs: [out], attributes: { half = 0 } }) =>
    (2 * half + 1) * (out as Tensor).rows * (out as Tensor).columns,
  scratch: ({ outputs: [out], attributes: { half = 0 } }, precision) =>
    (paddedColumns((out as Tensor).columns, precision) + 2 * paddedColumns(half, precision)) * numberBytes(precision),
  encode({ inputs: [x], outputs: [out], into, attributes: { half = 0 } }) {
    const { rows, columns } = out as Tensor;
    const operands = [out as Tensor, x as Tensor, "scratch" as const];
    return { op: Op.NeighbourSum, sizes: [rows, columns, half, into ? 1 : 0], operands };
  },
  vjp(record, { inputs: [x], outputs: [out], attributes: { half = 0 } }, cotangents) {
    const d = cotangents.get(out as Tensor) as Tensor;
    cotangents.add(x as Tensor, (into) => neighbourSum(record, d, half, into));
  },
  jvp(record, { inputs: [x], outputs: [out], attributes: { half = 0 } }, tangents) {
    const dx = tangents.get(x as Tensor);
    if (dx) tangents.set(out as Tensor, neighbourSum(record, dx, half));
  },
};

/** (c (k + a x)^e)' = c a e (k + a x)^(e − 1). */
const slopeOf = ({ c = 1, k = 0, a = 1, e = 1 }: Attributes): Attributes => ({ c: c * a * e, k, a, e: e - 1 });

export const affinePowers: Operation = {
  name: "affine-power",
  examples: "all",
  overwrites: [0],
  flops: ({ outputs: [out] }) => 4 * (out as Tensor).rows * (out as Tensor).columns,
  encode({ inputs: [x], outputs: [out], into, attributes: { c = 1, k = 0, a = 1, e = 1 } }) {
    const { rows, columns } = out as Tensor;
    const operands = [out as Tensor, x as Tensor];
    return { op: Op.AffinePower, sizes: [rows, columns, 0, into ? 1 : 0], coefficients: [c, k, a, e], operands };
  },
  vjp(record, { inputs: [x], outputs: [out], attributes }, cotangents) {
    const d = cotangents.get(out as Tensor) as Tensor;
    cotangents.add(x as Tensor, (into) =>
      multiply(record, d, affinePower(record, x as Tensor, slopeOf(attributes)), into),
    );
  },
  jvp(record, { inputs: [x], outputs: [out], attributes }, tangents) {
    const dx = tangents.get(x as Tensor);
    if (!dx) return;
    tangents.set(out as Tensor, multiply(record, dx, affinePower(record, x as Tensor, slopeOf(attributes))));
  },
};
