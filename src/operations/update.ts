/** The optimizers' updates of θ in place: formulas in assembly/optimizers.ts. Recorded last, they have no derivative. */
import type { CallRecorder, None, Operation, Tensor } from "../core/recording/tensor.ts";
import * as encoders from "./encoders.generated.ts";
import { flatLength } from "./fill.ts";

const sgd: Operation<[theta: Tensor, gradient: Tensor, numbers: Tensor], [], None> = {
  name: "sgd",
  encode: ({ inputs: [theta, gradient, numbers] }, precision) =>
    encoders.sgd({ theta, gradient, numbers, n: flatLength(theta, precision) }),
};

const momentum: Operation<[theta: Tensor, gradient: Tensor, velocity: Tensor, numbers: Tensor], [], None> = {
  name: "momentum",
  encode: ({ inputs: [theta, gradient, velocity, numbers] }, precision) =>
    encoders.momentum({ theta, gradient, velocity, numbers, n: flatLength(theta, precision) }),
};

const adam: Operation<[theta: Tensor, gradient: Tensor, mean: Tensor, square: Tensor, numbers: Tensor], [], None> = {
  name: "adam",
  encode: ({ inputs: [theta, gradient, mean, square, numbers] }, precision) =>
    encoders.adam({ theta, gradient, mean, square, numbers, n: flatLength(theta, precision) }),
};

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
