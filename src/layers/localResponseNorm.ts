/** y / (k + α Σ y²)^β, the sum over neighbouring channels: Krizhevsky, Sutskever & Hinton 2012, section 3.3. */
import { OdenetError } from "../core/errors.ts";
import { localResponse } from "../operations/localResponse.ts";
import { imageInput } from "./imageForm.ts";
import type { LayerKind } from "./layer.ts";
import { checkSizes } from "./movingWindow.ts";
import { checkBoolean, checkFinite } from "./shape.ts";

export interface LocalResponseNormOptions {
  /** Channels in a sum, the channel itself in their middle: odd, default 5. */
  size?: number;
  /** α ≥ 0, default 1e-4. */
  alpha?: number;
  /** Default 0.75. */
  beta?: number;
  /** k > 0, default 2. */
  k?: number;
  /** Whether α is divided by size, as Caffe and PyTorch do; default false, as in the paper. */
  divide?: boolean;
}

export interface LocalResponseNorm extends Required<Readonly<LocalResponseNormOptions>> {
  readonly kind: "localResponseNorm";
}

/** `y / (k + α Σ y²)^β`, the sum over the `size` nearest channels at the same position. No parameters. */
export function localResponseNorm(options: LocalResponseNormOptions = {}): LocalResponseNorm {
  const { size = 5, alpha = 1e-4, beta = 0.75, k = 2, divide = false } = options;
  const where = "localResponseNorm";
  checkSizes({ size }, where);
  if (size % 2 === 0) {
    throw new OdenetError(
      "option",
      `${where}: expected size to be odd, got ${size}. Take ${size - 1} or ${size + 1}: the channel stands in the middle.`,
    );
  }
  for (const [what, value] of Object.entries({ alpha, beta, k })) checkFinite(value, where, what);
  if (alpha < 0 || k <= 0) {
    throw new OdenetError("option", `${where}: expected alpha ≥ 0 and k > 0, got ${alpha} and ${k}.`);
  }
  checkBoolean(divide, where, "divide");
  return Object.freeze({ kind: "localResponseNorm", size, alpha, beta, k, divide });
}

export const localResponseNormKind: LayerKind<LocalResponseNorm> = {
  kind: "localResponseNorm",
  takes: () => "image",
  layOut({ size, alpha, beta, k, divide }, input, name) {
    const response = { size, alpha: divide ? alpha / size : alpha, beta, k };
    return {
      output: imageInput(input, `layer ${name} (localResponseNorm)`),
      parameters: [],
      record: ({ record }, y) => localResponse(record, y, response),
    };
  },
  parse: (json) => localResponseNorm(json as LocalResponseNormOptions),
};
