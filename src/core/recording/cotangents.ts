/** Cotangents of a recording's tensors while it is walked backwards: sums over all that reads a tensor. */
import type { Recorder } from "./recorder.ts";
import type { CotangentMap, Tensor } from "./tensor.ts";

/** The two operations that deriving itself needs; `operations/` provides them. */
export interface Accumulation {
  /** into + x */
  add(record: Recorder, into: Tensor, x: Tensor): Tensor;
  /** A tensor of zeros of this shape. */
  zero(record: Recorder, like: Tensor): Tensor;
}

/** Cotangents of one scope while it is walked backwards. */
export class Cotangents implements CotangentMap {
  private readonly map = new Map<Tensor, Tensor>();

  constructor(
    private readonly record: Recorder,
    private readonly active: ReadonlySet<Tensor>,
    private readonly accumulation: Accumulation,
  ) {}

  get(tensor: Tensor): Tensor | undefined {
    return this.map.get(tensor);
  }

  of(tensor: Tensor): Tensor {
    const cotangent = this.map.get(tensor);
    if (!cotangent) throw new Error(`${tensor.name}: a rule is asked for where its output has a cotangent`);
    return cotangent;
  }

  set(tensor: Tensor, cotangent: Tensor): void {
    this.map.set(tensor, cotangent);
  }

  wants(tensor: Tensor): boolean {
    return this.active.has(tensor);
  }

  add(tensor: Tensor, make: (into: Tensor | undefined) => Tensor): void {
    if (this.wants(tensor)) this.map.set(tensor, make(this.map.get(tensor)));
  }

  pass(tensor: Tensor, cotangent: Tensor): void {
    this.add(tensor, (into) => (into ? this.accumulation.add(this.record, into, cotangent) : cotangent));
  }
}
