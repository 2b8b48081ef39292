/** Learning rates over the course of training: η(t) for t = iteration / (total − 1) in [0, 1]. */
import { OdenetError } from "../core/errors.ts";
import { cos } from "../core/scalar.ts";

/** A schedule as data: `rate(t)` multiplies the optimizer's learning rate. */
export interface Schedule {
  readonly kind: string;
  /** Factor at the fraction `t` of training, in [0, 1]. */
  rate(t: number): number;
}

/** η(t) = η. */
export function constant(): Schedule {
  return { kind: "constant", rate: () => 1 };
}

/** η(t) = η (m + (1 − m) (1 + cos π t) / 2): from η to m η (Loshchilov & Hutter 2017, eq. 5). `minimum` m, default 0. */
export function cosine({ minimum = 0 }: { minimum?: number } = {}): Schedule {
  if (!(minimum >= 0 && minimum <= 1)) {
    throw new OdenetError("option", `cosine: expected minimum to be a share from 0 to 1, got ${String(minimum)}.`);
  }
  return { kind: "cosine", rate: (t) => minimum + ((1 - minimum) * (1 + cos(Math.PI * t))) / 2 };
}

export const schedules = { constant, cosine };
