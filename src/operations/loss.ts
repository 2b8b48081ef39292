/**
 * Losses of scores S and targets C with their gradients and Hessian products; formulas in assembly/losses.ts.
 * One call gives the value and d loss / dS; `weight` is one f64 in the shared block: 1/n for a mean over n examples.
 */
import { Loss } from "../../assembly/opcodes.ts";
import { shardsOf } from "../core/recording/shards.ts";
import { type CallRecorder, numberBytes, type Operation, type Tensor } from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";
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
  kind: number,
  scores: Tensor,
  targets: Tensor,
  weight: Tensor,
): { value: Tensor; gradient: Tensor } {
  const outputs = [{ rows: 1, columns: 1, scalar: true }, scores] as const;
  const [value, gradient] = record.call(lossValue, [scores, targets, weight], outputs, { kind });
  return { value, gradient };
}

/** (d² loss / dS²) v. With `known`, from the probabilities in place of the scores. */
export function lossHessian(
  record: CallRecorder,
  kind: number,
  v: Tensor,
  scores: Tensor,
  weight: Tensor,
  known = false,
): Tensor {
  return record.call(lossCurvature, [v, scores, weight], [v], known ? { kind, known: 1 } : { kind })[0];
}

export const lossValue: Operation<
  [scores: Tensor, targets: Tensor, weight: Tensor],
  [value: Tensor, gradient: Tensor],
  { readonly kind: number }
> = {
  name: "loss",
  examples: [0, 1],
  sums: true,
  encode({ inputs: [scores, targets, weight], outputs: [value, gradient], attributes: { kind }, shards: given }) {
    const { rows, columns } = scores;
    const { count, rows: shardRows } = shardsOf(rows, given);
    const sizes = { rows, columns, kind, bare: 0, shards: count, shardRows };
    return encoders.loss({ value, gradient, scores, targets, weight, ...sizes });
  },
  /** The value is what is differentiated: its cotangent is 1, so that of S is the gradient itself. */
  vjp(_record, { inputs: [scores], outputs: [, gradient] }, cotangents) {
    cotangents.pass(scores, gradient);
  },
  jvp(record, { inputs: [scores, , weight], outputs: [value, gradient], attributes: { kind } }, tangents) {
    const ds = tangents.get(scores);
    if (!ds) return;
    tangents.set(value, dot(record, gradient, ds));
    tangents.set(gradient, lossHessian(record, kind, ds, scores, weight));
  },
};

export const lossCurvature: Operation<
  [v: Tensor, scores: Tensor, weight: Tensor],
  [out: Tensor],
  { readonly kind: number; readonly known?: number }
> = {
  name: "loss-hessian",
  examples: [0, 1],
  overwrites: [0],
  encode({ inputs: [v, scores, weight], outputs: [out], attributes: { kind, known = 0 } }, precision) {
    const { rows, columns } = v;
    return encoders.lossHessian({ out, v, scores, weight, rows, columns, kind, known }, numberBytes(precision));
  },
};
