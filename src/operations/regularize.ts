/** Regularizers of θ, recorded after the loss's derivatives: values, and additions to a vector in place. Formulas in assembly/regularizers.ts. */
import { Op, Penalty } from "../../assembly/opcodes.ts";
import type { CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";

/** The kernels' codes by name. */
export const penalties = {
  square: Penalty.Square,
  difference: Penalty.Difference,
  absolute: Penalty.Absolute,
  operator: Penalty.Operator,
  stability: Penalty.Stability,
} as const;

/** One kernel call of a regularizer, on n numbers (or n × n matrices) in `sets` sets. */
export interface Penalized {
  readonly penalty: keyof typeof penalties;
  readonly n: number;
  readonly sets: number;
  /** The factor before the sum. */
  readonly weight: number;
  readonly epsilon?: number;
  /** Rows of an operator. */
  readonly rows?: number;
  /** Whether an operator is followed by a reference. */
  readonly referenced?: boolean;
}

interface Operands {
  /** Where the derivative is added; without it, only the value is computed. */
  readonly out?: Tensor | undefined;
  readonly x: Tensor;
  /** For a Hessian product. */
  readonly direction?: Tensor | undefined;
  /** A reference, or an operator's rows. */
  readonly extra?: Tensor | undefined;
}

/** R(x) as one f64. */
export function penalize(record: CallRecorder, what: Penalized, operands: Operands): Tensor {
  return callOf(record, what, operands, true)[0] as Tensor;
}

/** out <- out + dR(x), or + d²R(x) v. */
export function addPenalty(record: CallRecorder, what: Penalized, operands: Operands): void {
  callOf(record, what, operands, false);
}

function callOf(record: CallRecorder, what: Penalized, operands: Operands, valued: boolean): Tensor[] {
  const { penalty, n, sets, weight, epsilon = 0, rows = 0, referenced = false } = what;
  const { out, x, direction, extra } = operands;
  const inputs = [x, out, direction, extra].filter((t) => t !== undefined);
  const attributes = {
    ...{ kind: penalties[penalty], n, sets, weight, epsilon, rows, referenced: Number(referenced) },
    ...{ out: Number(!!out), direction: Number(!!direction), extra: Number(!!extra) },
  };
  return record.call(regularization, inputs, valued ? [{ rows: 1, columns: 1, scalar: true }] : [], attributes);
}

export const regularization: Operation = {
  name: "regularize",
  once: true,
  encode({ inputs, outputs: [value], attributes: a }) {
    const [x, ...rest] = inputs;
    const next = (present: number | undefined) => (present ? (rest.shift() ?? null) : null);
    const out = next(a.out);
    const direction = next(a.direction);
    const extra = next(a.extra);
    const scratch = a.kind === Penalty.Stability ? ("scratch" as const) : null;
    return {
      op: Op.Regularize,
      sizes: [a.n ?? 0, a.sets ?? 1, a.kind ?? 0, a.rows ?? 0, a.referenced ?? 0],
      coefficients: [a.weight ?? 0, a.epsilon ?? 0],
      operands: [value ?? null, out, x as Tensor, direction, extra, scratch],
    };
  },
  scratch: ({ attributes: { kind, n = 0 } }) => (kind === Penalty.Stability ? 32 * n * n : 0),
};
