/** 1/(2n) ‖S − C‖_F², or ½ ‖S − C‖_F². */
import { type LossEntry, makeLoss } from "./loss.ts";

export interface LeastSquares {
  readonly kind: "leastSquares";
  readonly reduction: "mean" | "sum";
}

/** Least squares. Labels are target rows: n · outputs numbers. `reduction: "sum"` leaves out the 1/n. */
export function leastSquares(options: { reduction?: "mean" | "sum" } = {}): LeastSquares {
  return makeLoss(leastSquaresEntry, options);
}

export const leastSquaresEntry: LossEntry<Omit<LeastSquares, "kind">> & { readonly name: "leastSquares" } = {
  name: "leastSquares",
  label: "least squares",
  code: 2,
  labels: "rows",
  options: { reduction: { kind: "choice", label: "reduction", choices: ["mean", "sum"], initial: "mean" } },
};
