import type { CallRecorder, Tensor } from "../core/tensor.ts";
import type { ActivationName } from "../operations/activation.ts";

/** One parameter of a dynamics: a letter, and its shape at one time, `[rows, columns]` or `[length]`. */
export interface DynamicsParameter {
  readonly letter: string;
  readonly shape: readonly [number, number] | readonly [number];
}

/** Plain data that describes an ODE; `field` is the kind of integrator it fits. */
export interface DynamicsData<F extends string = string> {
  readonly kind: string;
  readonly field: F;
  readonly activation: ActivationName;
}

/** Parameters at one time, by letter. */
export type Weights = Readonly<Record<string, Tensor>>;

/** What a dynamics records with. */
export interface FieldContext {
  readonly record: CallRecorder;
  /** Number of features of the layer. */
  readonly features: number;
  /** The weights at the fraction `c` of the current step. */
  weights(c: number): Weights;
  /** A fixed row of ones. */
  ones(length: number): Tensor;
}

/** The rules of one dynamics. One file each, with the equation, its Jacobian and the source. `Field` is what it offers. */
export interface DynamicsKind<D extends DynamicsData, Field> {
  readonly kind: D["kind"];
  /** Parameters for `features` features; throws where the dynamics needs another number. */
  parameters(dynamics: D, features: number, where: string): readonly DynamicsParameter[];
  field(dynamics: D, context: FieldContext): Field;
  parse(json: Readonly<Record<string, unknown>>): D;
}

/** A parameter that must be there. */
export function matrixOf(weights: Weights, letter: string): Tensor {
  const found = weights[letter];
  if (!found) throw new Error(`dynamics: parameter ${letter} is missing`);
  return found;
}
