import type { Tensor } from "../core/recording/tensor.ts";
import type { ActivationName } from "../operations/activation.ts";
import type { Kernel } from "./kernels/index.ts";
import type { KernelContext, MapShape } from "./kernels/kernel.ts";

/** One number a row, none, or one number a step. */
export type Bias = boolean | "scalar";

/** What K y is normalised over: every channel of every example, every example, or every channel of the batch. */
export type Norm = "instance" | "layer" | "batch";

/** Plain data that describes an ODE; `field` is the kind of integrator it fits. */
export interface DynamicsData<F extends string = string> {
  readonly kind: string;
  readonly field: F;
  readonly activation: ActivationName;
  readonly bias: Bias;
  /** Absent for a dense one. */
  readonly kernel?: Kernel;
  readonly norm?: Norm;
}

/** Parameters at one time, by letter. */
export type Weights = Readonly<Record<string, Tensor>>;

/** What a dynamics records with. */
export interface FieldContext extends KernelContext {
  /** The dynamics' maps, as it has said. */
  readonly maps: readonly MapShape[];
  /** The weights at the fraction `c` of the current step. */
  weights(c: number): Weights;
  /**
   * K y normalised over the batch, `map` telling which map's: each evaluation has statistics of its own. Absent for a method that
   * chooses its steps.
   */
  readonly overBatch?: (z: Tensor, map: string) => Tensor;
}

/** The rules of one dynamics. One file each, with the equation, its Jacobian and the source. `Field` is what it offers. */
export interface DynamicsKind<D extends DynamicsData, Field> {
  readonly kind: D["kind"];
  /** Its maps K y + b for rows of so many columns (features, or channels); throws where it needs another number. */
  maps(dynamics: D, columns: number, where: string): readonly MapShape[];
  field(dynamics: D, context: FieldContext): Field;
  parse(json: Readonly<Record<string, unknown>>): D;
}
