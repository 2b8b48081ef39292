import type { CallRecorder, Tensor } from "../core/recording/tensor.ts";
import type { lossCodes } from "../operations/loss.ts";

/** The rules of one loss; a loss itself is plain data. */
export interface LossKind {
  readonly code: (typeof lossCodes)[keyof typeof lossCodes];
  /** `"classes"`: class indices, or rows; `"binary"`: 0 or 1 for one score; `"rows"`: always target rows. */
  readonly labels: "classes" | "binary" | "rows";
  /** Records the probabilities of a prediction; absent where scores are not class scores. */
  readonly probabilities?: (record: CallRecorder, scores: Tensor) => Tensor;
}
