import type { FieldKind, Fields } from "../core/recording/field.ts";
import type { Tensor } from "../core/recording/tensor.ts";
import type { DataRules } from "../core/registry.ts";
import type { ActivationName } from "../operations/activation.ts";
import type { Kernel } from "./kernels/index.ts";
import type { KernelContext, MapShape } from "./kernels/kernel.ts";

/** One number a row, none, or one number a step. */
export type Bias = boolean | "scalar";

/** What K y is normalised over: every channel of every example, every example, or every channel of the batch. */
export type Norm = "instance" | "layer" | "batch";

/** Plain data that describes an ODE; `field` is the kind of integrator it fits. */
export interface DynamicsData<F extends FieldKind = FieldKind> {
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
export interface DynamicsKind<D extends DynamicsData = DynamicsData, Field = Fields[FieldKind]> {
  readonly kind: D["kind"];
  /** For people. */
  readonly label: string;
  readonly options: DataRules<D>;
  /** Whether nothing restricts its Jacobian's spectrum. */
  readonly free?: boolean;
  /** Why its eigenvalues lie left of the imaginary axis, as "gamma > 0", where they would lie on it. */
  damped?(dynamics: D): string | undefined;
  /** Its maps K y + b for rows of so many columns (features, or channels); throws where it needs another number. */
  maps(dynamics: D, columns: number, where: string): readonly MapShape[];
  field(dynamics: D, context: FieldContext): Field;
  /** From JSON, or from what a caller gives: everything is checked. */
  parse(json: object): D;
}
