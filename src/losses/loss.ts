/** What the library says of a loss ℓ(S, C); its kernel is the file of the same name in assembly/losses. A loss itself is plain data. */
import type { CallRecorder, Tensor } from "../core/recording/tensor.ts";
import { type Entry, readOptions } from "../core/registry.ts";

export interface LossEntry<Options extends object = object> extends Entry<Options> {
  /** The kernel's number: part of the ABI, the next free one for a new member. */
  readonly code: number;
  /** `"classes"`: class indices, or rows; `"binary"`: 0 … 1 for each score; `"rows"`: always target rows. */
  readonly labels: "classes" | "binary" | "rows";
  /** How many it needs at least. */
  readonly leastScores?: number;
  /** Whether the second derivative depends on the targets. */
  readonly fromTargets?: true;
  /** Records the probabilities of a prediction; absent where scores are not class scores. */
  readonly probabilities?: (record: CallRecorder, scores: Tensor) => Tensor;
  /** The numbers that the kernel takes, two at most. */
  parameters?(options: Options): readonly number[];
}

/** The loss with checked options. Throws `option` or `name`. */
export function makeLoss<K extends string, Options extends object>(
  { name, options }: { readonly name: K } & LossEntry<Options>,
  given: Partial<Options>,
): Readonly<Options> & { readonly kind: K } {
  return Object.freeze({ kind: name, ...readOptions(name, options, given) });
}
