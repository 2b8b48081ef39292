/** Operations on whole vectors: inner products in double precision, clipping, a guard against what is not finite. */
import { Op } from "../../assembly/opcodes.ts";
import type { CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";
import { flatLength } from "./combine.ts";

/** xᵀ y as one f64. */
export function dot(record: CallRecorder, x: Tensor, y: Tensor): Tensor {
  return record.call(innerProduct, [x, y], [{ rows: 1, columns: 1, scalar: true }])[0] as Tensor;
}

/** Skips all later calls of the recording unless both scalars are finite. */
export function guard(record: CallRecorder, a: Tensor, b: Tensor): void {
  record.call(finiteGuard, [a, b], []);
}

/** g <- g · min(1, limit / ‖g‖) in place; `squaredNorm` is gᵀ g. Recorded before the update, it has no derivative. */
export function clipNorm(record: CallRecorder, gradient: Tensor, squaredNorm: Tensor, limit: number): void {
  record.call(normClip, [gradient, squaredNorm], [], { limit });
}

export const normClip: Operation = {
  name: "clip",
  encode({ inputs: [g, squaredNorm], attributes }, precision) {
    const operands = [g as Tensor, squaredNorm as Tensor];
    return {
      op: Op.Clip,
      sizes: [flatLength(g as Tensor, precision)],
      coefficients: [attributes.limit as number],
      operands,
    };
  },
};

export const innerProduct: Operation = {
  name: "dot",
  encode({ inputs: [x, y], outputs: [out] }, precision) {
    const operands = [out as Tensor, x as Tensor, y as Tensor];
    return { op: Op.Dot, sizes: [flatLength(x as Tensor, precision)], operands };
  },
};

export const finiteGuard: Operation = {
  name: "guard",
  encode({ inputs: [a, b] }) {
    return { op: Op.Guard, sizes: [], operands: [a as Tensor, b as Tensor] };
  },
};
