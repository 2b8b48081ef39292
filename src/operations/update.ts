/** The optimizers' updates of θ in place: formulas in assembly/updates. Recorded last, they have no derivative. */
import type { None, Operation, Tensor } from "../core/recording/tensor.ts";
import { flatLength } from "./fill.ts";

/** The update of this number: θ, its gradient, the vectors of state, then the block of scalars. */
export const updateOf = (name: string, op: number): Operation<[theta: Tensor, ...rest: Tensor[]], [], None> => ({
  name,
  encode: ({ inputs }, precision) => ({
    op,
    sizes: [flatLength(inputs[0], precision)],
    coefficients: [],
    operands: [...inputs],
  }),
});
