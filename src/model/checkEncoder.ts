/** Whether a table's encoder and a network belong together: as many numbers in and out. */
import { OdenetError } from "../core/errors.ts";
import type { LossEntry } from "../losses/loss.ts";
import type { Encoder } from "../tables/index.ts";

/** Throws `shape` for a network of other features or scores than the encoder makes and needs. */
export function checkEncoder(encoder: Encoder, features: number, outputs: number, loss: LossEntry): void {
  if (encoder.inputs !== features) {
    throw new OdenetError(
      "shape",
      `createModel: expected a network of ${encoder.inputs} features as the encoder makes, got ${features}. Describe it with input: encoder.inputs.`,
    );
  }
  const { target } = encoder;
  if (!target) return;
  if (target.task === "regression" && loss.labels !== "rows") {
    throw new OdenetError(
      "option",
      `createModel: expected a loss for numbers, since the encoder's ${JSON.stringify(target.name)} is a regression, got one for classes. Take leastSquares() or huber().`,
    );
  }
  const wanted = loss.labels === "binary" && encoder.outputs === 2 ? 1 : encoder.outputs;
  if (wanted === outputs) return;
  throw new OdenetError(
    "shape",
    `createModel: expected a network of ${wanted} scores for ${JSON.stringify(target.name)}, got ${outputs}. Describe it with outputs: encoder.outputs.`,
  );
}
