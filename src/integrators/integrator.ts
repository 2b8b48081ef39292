import type { FieldKind, Fields, Start } from "../core/recording/field.ts";
import type { CallRecorder, Tensor } from "../core/recording/tensor.ts";
import type { Entry } from "../core/registry.ts";
import type { Complex } from "./complex.ts";
import type { Embedded } from "./stepControl.ts";

/** What a step is recorded with. */
export interface StepContext<F extends FieldKind> {
  readonly record: CallRecorder;
  readonly field: Fields[F];
  readonly h: number;
  readonly start: Start;
}

/** The tensors that a method carries from step to step: the last holds the features, or all of them together. */
export type State = readonly Tensor[];

/**
 * A time-stepping method for fields of kind F with a state S. There is no derivative here: core/recording/derive.ts makes it
 * from the recording. An own one is known by its object: its name must be free, and a saved network is loaded with
 * `{ integrators: [mine] }`.
 */
export interface Integrator<F extends FieldKind = FieldKind, S extends State = State> {
  readonly name: string;
  /** For people. */
  readonly label?: string;
  readonly field: F;
  /** Whether it is taken for fields of its kind where none is named. */
  readonly usual?: boolean;
  /** Order of consistency in the features, for smooth weights. */
  order(start?: Start): number;
  /** R(z) with y_{j+1} = R(hλ) y_j for ẏ = λ y; absent for methods of several steps. */
  readonly stabilityFunction?: (z: Complex) => Complex;
  /** The largest modulus of a root of the method's characteristic polynomial at z = hλ (or for ÿ = λ² y). */
  amplification(z: Complex): number;
  /** Present where the method chooses its own steps: they are found, and frozen, before anything is recorded. */
  readonly adaptive?: Embedded;
  /** Whether a step solves equations with the field's matrix, by `implicitMidpoint` of the field. */
  readonly implicit?: boolean;
  /** The method's state at t = 0. */
  begin(context: StepContext<F>, y: Tensor): S;
  /** The first step, for methods and starts where it differs from the others. */
  readonly first?: {
    applies(context: StepContext<F>): boolean;
    step(context: StepContext<F>, state: S): S;
  };
  step(context: StepContext<F>, state: S): S;
  /** The state before a step from the state after it, for reversible methods. */
  inverse?(context: StepContext<F>, state: S): S;
  /**
   * When the variables of the state before a step live, in steps after t_j: (−½, 0) where the first is half a step early. Without
   * it all live at t_j. Fields of second order: the first variable is h ẏ. `initial` tells the state at t = 0.
   */
  lives?(context: StepContext<F>, initial: boolean): { readonly [K in keyof S]: number };
  features(context: StepContext<F>, state: S): Tensor;
}

/** A method with options of its own; a layer keeps them as `tolerances`. */
export interface IntegratorFactory extends Entry {
  make(options: object): Integrator;
  /** Whether it made this one. */
  made(integrator: object): boolean;
}
