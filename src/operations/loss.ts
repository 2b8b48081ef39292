/**
 * Losses of scores S and targets C with their gradients and Hessian products; formulas in assembly/losses.
 * One call gives the value and d loss / dS; `weight` is one f64 in the shared block: 1/n for a mean over n examples.
 */
import { shardsOf } from "../core/recording/shards.ts";
import { type CallRecorder, numberBytes, type Operation, type Tensor } from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";
import { multiply } from "./multiply.ts";
import { dot } from "./vector.ts";

/** A loss as its kernel takes it: the code, the loss's numbers, and 1 where the second derivative depends on the targets. */
export type LossCall = {
  readonly kind: number;
  readonly parameter?: number;
  readonly second?: number;
  readonly fromTargets?: number;
};

/** What a loss compares, each entry counted `importances` times where they are given. */
export interface Compared {
  readonly scores: Tensor;
  readonly targets: Tensor;
  readonly weight: Tensor;
  readonly importances?: Tensor | undefined;
}

/** Records value and gradient of a loss. */
export function lossOf(
  record: CallRecorder,
  loss: LossCall,
  { scores, targets, weight, importances }: Compared,
): { value: Tensor; gradient: Tensor } {
  const outputs = [{ rows: 1, columns: 1, scalar: true }, scores] as const;
  const counted = importances ? [importances] : [];
  const [value, gradient] = record.call(lossValue, [scores, targets, weight, ...counted], outputs, loss);
  return { value, gradient };
}

/** (d² loss / dS²) v. With `known`, from the probabilities in place of the scores; targets where the loss asks for them. */
export function lossHessian(
  record: CallRecorder,
  loss: LossCall,
  v: Tensor,
  { scores, targets, weight, importances }: Omit<Compared, "targets"> & { readonly targets: Tensor | undefined },
  known = false,
): Tensor {
  const attributes = known ? { ...loss, known: 1 } : loss;
  const asked = loss.fromTargets && targets ? [targets] : [];
  const curved = record.call(lossCurvature, [v, scores, weight, ...asked], [v], attributes)[0];
  return importances ? multiply(record, curved, importances) : curved;
}

export const lossValue: Operation<
  [scores: Tensor, targets: Tensor, weight: Tensor, ...importances: Tensor[]],
  [value: Tensor, gradient: Tensor],
  LossCall
> = {
  name: "loss",
  examples: [0, 1, 3],
  sums: true,
  encode({ inputs: [scores, targets, weight, importances], outputs: [value, gradient], attributes, shards: given }) {
    const { rows, columns } = scores;
    const { kind, parameter = 0, second = 0 } = attributes;
    const { count, rows: shardRows } = shardsOf(rows, given);
    const sizes = { rows, columns, kind, bare: 0, shards: count, shardRows, parameter, second };
    return encoders.loss({ value, gradient, scores, targets, weight, importances, ...sizes });
  },
  /** The value is what is differentiated: its cotangent is 1, so that of S is the gradient itself. */
  vjp(_record, { inputs: [scores], outputs: [, gradient] }, cotangents) {
    cotangents.pass(scores, gradient);
  },
  jvp(record, { inputs: [scores, targets, weight, importances], outputs: [value, gradient], attributes }, tangents) {
    const ds = tangents.get(scores);
    if (!ds) return;
    tangents.set(value, dot(record, gradient, ds));
    tangents.set(gradient, lossHessian(record, attributes, ds, { scores, targets, weight, importances }));
  },
};

export const lossCurvature: Operation<
  [v: Tensor, scores: Tensor, weight: Tensor, ...targets: Tensor[]],
  [out: Tensor],
  LossCall & { readonly known?: number }
> = {
  name: "loss-hessian",
  examples: [0, 1, 3],
  overwrites: [0],
  encode({ inputs: [v, scores, weight, targets], outputs: [out], attributes }, precision) {
    const { rows, columns } = v;
    const { kind, known = 0, parameter = 0, second = 0 } = attributes;
    const sizes = { rows, columns, kind, known, parameter, second };
    return encoders.lossHessian({ out, v, scores, weight, targets, ...sizes }, numberBytes(precision));
  },
};
