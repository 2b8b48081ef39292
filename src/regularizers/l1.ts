/** R(θ) = λ Σ_i ( √(θ_i² + ε²) − ε ): the 1-norm, smooth at 0. */
import { OdenetError } from "../core/errors.ts";
import { checkSelection, checkWeight, chosen, type RegularizerKind, type Selection, setLength } from "./regularizer.ts";

export interface L1Options {
  /** ε, default 1e-3: below it the penalty is nearly quadratic. */
  epsilon?: number;
  /** Default: all of θ. */
  parameters?: Selection;
}

export interface L1 {
  readonly kind: "l1";
  readonly weight: number;
  readonly epsilon: number;
  readonly parameters?: Selection;
}

/** Few large parameters, many near zero. */
export function l1(lambda: number, { epsilon = 1e-3, parameters }: L1Options = {}): L1 {
  checkWeight(lambda, "l1", "λ");
  if (!(typeof epsilon === "number" && epsilon >= 1e-100 && epsilon < 1e100)) {
    throw new OdenetError("option", `l1: expected epsilon to be a positive number, got ${String(epsilon)}. Pass 1e-3.`);
  }
  checkSelection(parameters, "l1");
  return Object.freeze({ kind: "l1", weight: lambda, epsilon, ...(parameters === undefined ? {} : { parameters }) });
}

export const l1Kind: RegularizerKind<L1> = {
  terms: ({ weight, epsilon, parameters }, layout) =>
    chosen(parameters, layout, "l1").map((place) => ({
      ...({ penalty: "absolute", n: setLength(layout, place) * place.count, sets: 1 } as const),
      ...{ weight, epsilon, offset: place.offset },
    })),
  parse: (json) => l1(json.weight as number, json as L1Options),
};
