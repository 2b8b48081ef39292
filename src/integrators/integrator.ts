import type { CallRecorder, Tensor } from "../core/tensor.ts";
import type { Complex } from "./complex.ts";

/** ẏ = f(y, t). `at(y, c)` records f at the fraction c of the current step: the weights are those of t_j + c h. */
export interface VectorField {
  at(y: Tensor, c: number): Tensor;
}

/** The kinds of field that an integrator can step and a dynamics can offer. */
export interface Fields {
  vector: VectorField;
}

export type FieldKind = keyof Fields;

/** Where the first step starts: the course's `"full"`, or `"half"` for methods whose second variable is staggered. */
export type Start = "full" | "half";

/**
 * A time-stepping method for fields of kind F. `start` makes its state from the features, `step` records one step of size
 * h, `features` reads the features off the state. There is no derivative here: core/derive.ts makes it from the recording.
 */
export interface Integrator<F extends FieldKind = FieldKind> {
  readonly name: string;
  readonly field: F;
  order(start?: Start): number;
  /** R(z) with y_{j+1} = R(hλ) y_j for ẏ = λ y; absent for methods of several steps. */
  readonly stabilityFunction?: (z: Complex) => Complex;
  /** The largest modulus of a root of the method's characteristic polynomial at z = hλ. */
  amplification(z: Complex): number;
  start(record: CallRecorder, y: Tensor): Tensor[];
  step(record: CallRecorder, field: Fields[F], state: readonly Tensor[], h: number): Tensor[];
  features(state: readonly Tensor[]): Tensor;
}
