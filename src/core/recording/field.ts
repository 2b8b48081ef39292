/** Where dynamics and integrators meet: the kinds of field that the ones offer and the others step. */
import type { Tensor } from "./tensor.ts";

/** A multiple of a tensor: dynamics give f as one, so that signs and factors cost no pass of their own. */
export type Term = readonly [factor: number, tensor: Tensor];

/** c · term. */
export function times(c: number, [factor, tensor]: Term): Term {
  return [c * factor, tensor];
}

/**
 * ẏ = f(y, t). `c` is the fraction of the current step: the weights are those of t_j + c h.
 * `implicitMidpoint(y, h)` solves u = y + h/2 f(u, t_j + h/2).
 */
export interface VectorField {
  readonly kind: "vector";
  at(y: Tensor, c: number): Term;
  implicitMidpoint(y: Tensor, h: number): Tensor;
  /** Tensors whose entries add up, row by row, to each example's energy. */
  energy?(y: Tensor, c: number): readonly Tensor[];
}

/** q̇ = f(p), ṗ = g(q); a step updates p first. */
export interface PartitionedField {
  readonly kind: "partitioned";
  /** Whether the half start is Strang's splitting: half a p-update at both ends of every step. */
  readonly strang: boolean;
  split(y: Tensor): [p: Tensor, q: Tensor];
  join(p: Tensor, q: Tensor): Tensor;
  /** ṗ, from q. */
  first(q: Tensor, c: number): Term;
  /** q̇, from p. */
  second(p: Tensor, c: number): Term;
  energy?(p: Tensor, q: Tensor, c: number): readonly Tensor[];
}

/** ÿ = f(y, t), ẏ(0) = 0. */
export interface SecondOrderField {
  readonly kind: "secondOrder";
  acceleration(y: Tensor, c: number): Term;
  /** The potential part: ½‖ẏ‖² comes to it. */
  energy?(y: Tensor, c: number): readonly Tensor[];
}

/** The kinds of field that an integrator can step and a dynamics can offer. */
export interface Fields {
  vector: VectorField;
  partitioned: PartitionedField;
  secondOrder: SecondOrderField;
}

export type FieldKind = keyof Fields;

/** Where a staggered second variable starts: the course's `"full"` puts it half a step early, `"half"` takes h/2 first. */
export type Start = "full" | "half";
