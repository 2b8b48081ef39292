import type { FieldKind, Fields, Start } from "../core/recording/field.ts";
import type { CallRecorder, Tensor } from "../core/recording/tensor.ts";
import type { Complex } from "./complex.ts";
import type { Embedded } from "./stepControl.ts";

/** What a step is recorded with. */
export interface StepContext<F extends FieldKind> {
  readonly record: CallRecorder;
  readonly field: Fields[F];
  readonly h: number;
  readonly start: Start;
}

/**
 * A time-stepping method for fields of kind F. There is no derivative here: core/recording/derive.ts makes it from the recording.
 */
export interface Integrator<F extends FieldKind = FieldKind> {
  readonly name: string;
  readonly field: F;
  /** Order of consistency in the features, for smooth weights. */
  order(start?: Start): number;
  /** R(z) with y_{j+1} = R(hλ) y_j for ẏ = λ y; absent for methods of several steps. */
  readonly stabilityFunction?: (z: Complex) => Complex;
  /** The largest modulus of a root of the method's characteristic polynomial at z = hλ (or for ÿ = λ² y). */
  amplification(z: Complex): number;
  /** Present where the method chooses its own steps: they are found, and frozen, before anything is recorded. */
  readonly adaptive?: Embedded;
  /** The method's state at t = 0. */
  begin(context: StepContext<F>, y: Tensor): Tensor[];
  /** The first step, for methods and starts where it differs from the others. */
  readonly first?: {
    applies(context: StepContext<F>): boolean;
    step(context: StepContext<F>, state: readonly Tensor[]): Tensor[];
  };
  step(context: StepContext<F>, state: readonly Tensor[]): Tensor[];
  /** The state before a step from the state after it, for reversible methods. */
  inverse?(context: StepContext<F>, state: readonly Tensor[]): Tensor[];
  features(context: StepContext<F>, state: readonly Tensor[]): Tensor;
}

/** The one tensor of a one-step method's state. */
export function only(state: readonly Tensor[]): Tensor {
  return state[0] as Tensor;
}
