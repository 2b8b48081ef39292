/** Operations on whole vectors: inner products in double precision, clipping, a guard against what is not finite. */
import { Control } from "../../assembly/opcodes.ts";
import type { CallRecorder, None, Operation, Tensor } from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";
import { flatLength } from "./fill.ts";

/** xᵀ y as one f64. */
export function dot(record: CallRecorder, x: Tensor, y: Tensor): Tensor {
  return record.call(innerProduct, [x, y], [{ rows: 1, columns: 1, scalar: true }])[0];
}

/** Skips all later calls of the recording unless both scalars are finite. */
export function guard(record: CallRecorder, a: Tensor, b: Tensor): void {
  record.call(finiteGuard, [a, b], []);
}

/** g <- g · min(1, limit / ‖g‖) in place; `squaredNorm` is gᵀ g. Recorded before the update, it has no derivative. */
export function clipNorm(record: CallRecorder, gradient: Tensor, squaredNorm: Tensor, limit: number): void {
  record.call(normClip, [gradient, squaredNorm], [], { limit });
}

export const normClip: Operation<[gradient: Tensor, squaredNorm: Tensor], [], { readonly limit: number }> = {
  name: "clip",
  encode: ({ inputs: [gradient, squaredNorm], attributes: { limit } }, precision) =>
    encoders.clip({ gradient, squaredNorm, n: flatLength(gradient, precision), limit }),
};

export const innerProduct: Operation<[x: Tensor, y: Tensor], [out: Tensor], None> = {
  name: "dot",
  encode: ({ inputs: [x, y], outputs: [out] }, precision) => encoders.dot({ out, x, y, n: flatLength(x, precision) }),
};

export const finiteGuard: Operation<[a: Tensor, b: Tensor], [], None> = {
  name: "guard",
  // How many records it skips is known when the plan is complete.
  encode: ({ inputs }) => ({ op: Control.Guard, sizes: [], coefficients: [], operands: inputs }),
};
