/** The optimizers' updates of θ in place: formulas in assembly/optimizers.ts. Recorded last, they have no derivative. */
import { Op } from "../../assembly/opcodes.ts";
import type { CallRecorder, Operation, Tensor } from "../core/recording/tensor.ts";
import { flatLength } from "./combine.ts";

function update(name: string, op: Op): Operation {
  return {
    name,
    encode: ({ inputs }, precision) => ({ op, sizes: [flatLength(inputs[0] as Tensor, precision)], operands: inputs }),
  };
}

const sgd = update("sgd", Op.Sgd);
const momentum = update("momentum", Op.Momentum);
const adam = update("adam", Op.Adam);

/** θ <- θ − η (g + λ θ); `scalars` holds η, λ. */
export function sgdUpdate(record: CallRecorder, theta: Tensor, gradient: Tensor, scalars: Tensor): void {
  record.call(sgd, [theta, gradient, scalars], []);
}

/** Momentum and Nesterov's; `scalars` holds η, λ, μ, ν. */
export function momentumUpdate(
  record: CallRecorder,
  theta: Tensor,
  gradient: Tensor,
  velocity: Tensor,
  scalars: Tensor,
): void {
  record.call(momentum, [theta, gradient, velocity, scalars], []);
}

/** Adam and AdamW; `scalars` holds η, λ, β₁, β₂, ε, c₁, c₂, κ. */
export function adamUpdate(
  record: CallRecorder,
  theta: Tensor,
  gradient: Tensor,
  mean: Tensor,
  square: Tensor,
  scalars: Tensor,
): void {
  record.call(adam, [theta, gradient, mean, square, scalars], []);
}
