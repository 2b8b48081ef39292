import type { CallRecorder, Tensor } from "../core/tensor.ts";

/** One parameter of a dynamics: a letter, and its shape at one time, `[rows, columns]` or `[length]`. */
export interface DynamicsParameter {
  readonly letter: string;
  readonly shape: readonly [number, number] | readonly [number];
}

/** Plain data that describes an ODE; `field` is the kind of integrator it fits. */
export interface DynamicsData<F extends string = string> {
  readonly kind: string;
  readonly field: F;
}

/** Parameters at one time, by letter. */
export type Weights = Readonly<Record<string, Tensor>>;

/** The rules of one dynamics. One file each, with the equation, its Jacobian and the source. */
export interface DynamicsKind<D extends DynamicsData> {
  readonly kind: D["kind"];
  /** Parameters for `features` features; throws where the dynamics needs another number. */
  parameters(dynamics: D, features: number, where: string): readonly DynamicsParameter[];
  /** Records f(y) with the given weights. */
  record(dynamics: D, record: CallRecorder, weights: Weights, y: Tensor): Tensor;
  parse(json: Readonly<Record<string, unknown>>): D;
}
