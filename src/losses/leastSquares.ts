/** 1/(2n) ‖S − C‖_F², or ½ ‖S − C‖_F². */
import { OdenetError } from "../core/errors.ts";
import { lossCodes } from "../operations/loss.ts";
import type { LossKind } from "./loss.ts";

export interface LeastSquares {
  readonly kind: "leastSquares";
  readonly reduction: "mean" | "sum";
}

/** Least squares. Labels are target rows: n · outputs numbers. `reduction: "sum"` leaves out the 1/n. */
export function leastSquares({ reduction = "mean" }: { reduction?: "mean" | "sum" } = {}): LeastSquares {
  if (reduction !== "mean" && reduction !== "sum") {
    throw new OdenetError(
      "option",
      `leastSquares: expected reduction "mean" or "sum", got ${JSON.stringify(reduction)}.`,
    );
  }
  return Object.freeze({ kind: "leastSquares", reduction });
}

export const leastSquaresKind: LossKind = { code: lossCodes.leastSquares, labels: "rows" };
