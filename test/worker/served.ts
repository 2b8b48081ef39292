/** A worker's file as a user writes it. */
import { gradientFlow } from "../../src/analysis/index.ts";
import { serve } from "../../src/worker/index.ts";

export const functions = {
  gradientFlow,
  double: (values: Float64Array) => values.map((x) => 2 * x),
  /** Breaks the worker: an error that nobody catches. */
  fail() {
    setTimeout(() => {
      throw new Error("the worker was told to fail");
    });
  },
};

serve(functions);
