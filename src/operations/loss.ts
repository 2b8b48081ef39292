/**
 * Losses of scores S and targets C with their gradients and Hessian products; formulas in assembly/losses.ts.
 * One call gives the value and d loss / dS; `weight` is one f64 in the shared block: 1/n for a mean over n examples.
 */
import { Loss, Op } from "../../assembly/opcodes.ts";
import { shardsOf } from "../core/recording/shards.ts";
import {
  type CallRecorder,
  numberBytes,
  type Operation,
  paddedColumns,
  type Tensor,
} from "../core/recording/tensor.ts";
import { dot } from "./vector.ts";

/** The kernels' loss codes by name. */
export const lossCodes = {
  softmax: Loss.Softmax,
  logistic: Loss.Logistic,
  leastSquares: Loss.LeastSquares,
} as const;

/** Records value and gradient of a loss. */
export function lossOf(
  record: CallRecorder,
  kind: Loss,
  scores: Tensor,
  targets: Tensor,
  weight: Tensor,
): { value: Tensor; gradient: Tensor } {
  const [value, gradient] = record.call(
    lossValue,
    [scores, targets, weight],
    [{ rows: 1, columns: 1, scalar: true }, scores],
    { kind },
  );
  return { value: value as Tensor, gradient: gradient as Tensor };
}

/** (d² loss / dS²) v. With `known`, from the probabilities in place of the scores. */
export function lossHessian(
  record: CallRecorder,
  kind: Loss,
  v: Tensor,
  scores: Tensor,
  weight: Tensor,
  known = false,
): Tensor {
  const attributes = known ? { kind, known: 1 } : { kind };
  return record.call(lossCurvature, [v, scores, weight], [v], attributes)[0] as Tensor;
}

export const lossValue: Operation = {
  name: "loss",
  examples: [0, 1],
  sums: true,
  encode({ inputs: [s, c, weight], outputs: [value, gradient], attributes, shards: given }) {
    const { rows, columns } = s as Tensor;
    const shards = shardsOf(rows, given);
    return {
      op: Op.Loss,
      sizes: [rows, columns, attributes.kind ?? 0, 0, shards.count, shards.rows],
      operands: [value as Tensor, gradient as Tensor, s as Tensor, c as Tensor, weight as Tensor],
    };
  },
  /** The value is what is differentiated: its cotangent is 1, so that of S is the gradient itself. */
  vjp(_record, { inputs: [s], outputs: [, gradient] }, cotangents) {
    cotangents.pass(s as Tensor, gradient as Tensor);
  },
  jvp(record, { inputs: [s, , weight], outputs: [value, gradient], attributes }, tangents) {
    const ds = tangents.get(s as Tensor);
    if (!ds) return;
    tangents.set(value as Tensor, dot(record, gradient as Tensor, ds));
    const kind: Loss = attributes.kind ?? 0;
    tangents.set(gradient as Tensor, lossHessian(record, kind, ds, s as Tensor, weight as Tensor));
  },
};

export const lossCurvature: Operation = {
  name: "loss-hessian",
  examples: [0, 1],
  overwrites: [0],
  encode({ inputs: [v, s, weight], outputs: [out], attributes }) {
    const { rows, columns } = v as Tensor;
    const operands = [out as Tensor, v as Tensor, s as Tensor, "scratch" as const, weight as Tensor];
    const { kind = 0, known = 0 } = attributes;
    return { op: Op.LossHessian, sizes: [rows, columns, kind, known], operands };
  },
  scratch: ({ inputs: [v] }, precision) => paddedColumns(v?.columns ?? 0, precision) * numberBytes(precision),
};
