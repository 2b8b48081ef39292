/**
 * y = x ∘ (k + α Σ x²)^(−β), the sum over neighbouring columns (channels): Krizhevsky, Sutskever & Hinton 2012, section 3.3.
 * Made of squares, sums over neighbours and powers, whose derivatives are operations of the same kind.
 */
import { type CallRecorder, numberBytes, type Operation, type Tensor } from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";
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
  return record.call(neighbourSums, [x], [x], { half }, into)[0];
}

type Power = { readonly c: number; readonly k: number; readonly a: number; readonly e: number };

/** c (k + a x)^e. */
function affinePower(record: CallRecorder, x: Tensor, power: Power): Tensor {
  return record.call(affinePowers, [x], [x], power)[0];
}

export const neighbourSums: Operation<[x: Tensor], [out: Tensor], { readonly half: number }> = {
  name: "neighbour-sum",
  examples: "all",
  flops: ({ outputs: [out], attributes: { half } }) => (2 * half + 1) * out.rows * out.columns,
  encode({ inputs: [x], outputs: [out], into, attributes: { half } }, precision) {
    const { rows, columns } = out;
    return encoders.neighbourSum({ out, x, rows, columns, half, beta: Number(!!into) }, numberBytes(precision));
  },
  vjp(record, { inputs: [x], outputs: [out], attributes: { half } }, cotangents) {
    const d = cotangents.of(out);
    cotangents.add(x, (into) => neighbourSum(record, d, half, into));
  },
  jvp(record, { inputs: [x], outputs: [out], attributes: { half } }, tangents) {
    const dx = tangents.get(x);
    if (dx) tangents.set(out, neighbourSum(record, dx, half));
  },
};

/** (c (k + a x)^e)' = c a e (k + a x)^(e − 1). */
const slopeOf = ({ c, k, a, e }: Power): Power => ({ c: c * a * e, k, a, e: e - 1 });

export const affinePowers: Operation<[x: Tensor], [out: Tensor], Power> = {
  name: "affine-power",
  examples: "all",
  overwrites: [0],
  flops: ({ outputs: [out] }) => 4 * out.rows * out.columns,
  encode({ inputs: [x], outputs: [out], into, attributes }) {
    const { rows, columns } = out;
    return encoders.affinePower({ out, x, rows, columns, beta: Number(!!into), ...attributes });
  },
  vjp(record, { inputs: [x], outputs: [out], attributes }, cotangents) {
    const d = cotangents.of(out);
    cotangents.add(x, (into) => multiply(record, d, affinePower(record, x, slopeOf(attributes)), into));
  },
  jvp(record, { inputs: [x], outputs: [out], attributes }, tangents) {
    const dx = tangents.get(x);
    if (dx) tangents.set(out, multiply(record, dx, affinePower(record, x, slopeOf(attributes))));
  },
};
