/** Regularizers of θ, recorded after the loss's derivatives: values, and additions to a vector in place. Formulas in assembly/regularizers.ts. */
import { Penalty } from "../../assembly/opcodes.ts";
import type { CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";

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
  const [value] = callOf(record, what, operands, true);
  if (!value) throw new Error("regularize: it has a value");
  return value;
}

/** out <- out + dR(x), or + d²R(x) v. */
export function addPenalty(record: CallRecorder, what: Penalized, operands: Operands): void {
  callOf(record, what, operands, false);
}

function callOf(record: CallRecorder, what: Penalized, operands: Operands, valued: boolean): readonly Tensor[] {
  const { penalty, n, sets, weight, epsilon = 0, rows = 0, referenced = false } = what;
  const { out, x, direction, extra } = operands;
  const rest = [out, direction, extra].filter((t) => t !== undefined);
  const attributes = {
    ...{ kind: penalties[penalty], n, sets, weight, epsilon, rows, referenced: Number(referenced) },
    ...{ out: Number(!!out), direction: Number(!!direction), extra: Number(!!extra) },
  };
  const outputs = valued ? [{ rows: 1, columns: 1, scalar: true }] : [];
  return record.call(regularization, [x, ...rest], outputs, attributes);
}

type Numbers = {
  readonly [name in
    | "kind"
    | "n"
    | "sets"
    | "weight"
    | "epsilon"
    | "rows"
    | "referenced"
    | "out"
    | "direction"
    | "extra"]: number;
};

export const regularization: Operation<[x: Tensor, ...rest: Tensor[]], Tensor[], Numbers> = {
  name: "regularize",
  once: true,
  encode({ inputs: [x, ...rest], outputs: [value], attributes }) {
    const { kind, n, sets, weight, epsilon, rows, referenced } = attributes;
    const next = (present: number) => (present ? rest.shift() : undefined);
    const out = next(attributes.out);
    const v = next(attributes.direction);
    const extra = next(attributes.extra);
    const sizes = { n, sets, penalty: kind, rows, referenced, weight, epsilon };
    return encoders.regularize({ value, out, x, v, extra, ...sizes });
  },
};
