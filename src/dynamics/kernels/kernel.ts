import type { CallRecorder, Tensor } from "../../core/recording/tensor.ts";
import type { Pair } from "../../operations/windows.ts";

/** What one row of y holds: the features of an example, or the channels at one position of its image. */
export interface Space {
  readonly columns: number;
  readonly image?: Pair;
}

/** Height and width of the image; a kernel or a norm for images has refused anything else before. */
export function imageOf({ image }: Space): Pair {
  if (image) return image;
  throw new Error("dynamics: expected an image");
}

/** A map K of a dynamics from `columns` to `rows` features, or channels; `suffix` tells its letters from another map's. */
export interface MapShape {
  readonly suffix: string;
  readonly rows: number;
  readonly columns: number;
}

/**
 * One parameter of a dynamics: a letter, and its shape at one time, `[length]`, `[rows, columns]` or `[filters, channels, size,
 * size]`. With `fan`, numbers that it maps from and to, a row is drawn at first, else zero.
 */
export interface DynamicsParameter {
  readonly letter: string;
  readonly shape: readonly [number] | readonly [number, number] | readonly [number, number, number, number];
  readonly fan?: { readonly in: number; readonly out: number };
}

/** Fixed numbers that a dynamics needs, in rows. */
export interface FieldConstant {
  readonly name: string;
  readonly rows: number;
  readonly values: readonly number[];
}

/** What a kernel records with. */
export interface KernelContext {
  readonly record: CallRecorder;
  readonly space: Space;
  constant(name: string): Tensor;
}

/** A linear map K as it is recorded at one time. */
export interface LinearMap {
  /** K y. */
  apply(y: Tensor): Tensor;
  /** Kᵀ z, the exact adjoint. */
  adjoint(z: Tensor): Tensor;
  /** scale · (K − Kᵀ − γ I); K has as many rows as columns. */
  antisymmetric(scale: number, gamma: number): LinearMap;
  /** K between all features of an example as one matrix, in × out: what linear systems are solved with. */
  matrix(): Tensor;
}

/** Plain data that describes a kernel. */
export interface KernelData {
  readonly kind: string;
}

/** The rules of one kernel. One file each. */
export interface KernelKind<K extends KernelData> {
  readonly kind: K["kind"];
  /** For people. */
  readonly label: string;
  /** What the rows of y are. */
  readonly takes: "features" | "image";
  /** Its parameter for one map; throws `shape` where the map needs another kernel. */
  parameter(kernel: K, shape: MapShape, where: string): DynamicsParameter;
  constants?(kernel: K, shape: MapShape): readonly FieldConstant[];
  /** K(θ). */
  map(kernel: K, context: KernelContext, theta: Tensor, shape: MapShape): LinearMap;
  /** From JSON, or from what a caller gives: everything is checked. */
  parse(json: object): K;
}
