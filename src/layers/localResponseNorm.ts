/** y / (k + α Σ y²)^β, the sum over neighbouring channels: Krizhevsky, Sutskever & Hinton 2012, section 3.3. */
import { OdenetError } from "../core/errors.ts";
import { type DataRules, pickOptions } from "../core/registry.ts";
import { localResponse } from "../operations/localResponse.ts";
import { imageInput } from "./imageForm.ts";
import type { LayerKind } from "./layer.ts";
import { extentRule } from "./rules.ts";

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
export function localResponseNorm(given: LocalResponseNormOptions = {}): LocalResponseNorm {
  const read = pickOptions("localResponseNorm", options, given);
  const { size } = read;
  if (size % 2 === 0) {
    throw new OdenetError(
      "option",
      `localResponseNorm: expected size to be odd, got ${size}. Take ${size - 1} or ${size + 1}: the channel stands in the middle.`,
    );
  }
  return Object.freeze({ kind: "localResponseNorm", ...read });
}

const options: DataRules<LocalResponseNorm> = {
  size: extentRule("channels in a sum", 5),
  alpha: { kind: "number", label: "α", from: 0, initial: 1e-4 },
  beta: { kind: "number", label: "β", initial: 0.75 },
  k: { kind: "number", label: "k", above: 0, initial: 2 },
  divide: { kind: "boolean", label: "α by size", initial: false },
};

export const localResponseNormKind: LayerKind<LocalResponseNorm> = {
  kind: "localResponseNorm",
  label: "local response normalisation",
  options,
  takes: () => "image",
  layOut({ size, alpha, beta, k, divide }, input, name) {
    const response = { size, alpha: divide ? alpha / size : alpha, beta, k };
    return {
      output: imageInput(input, `layer ${name} (localResponseNorm)`),
      parameters: [],
      record: ({ record }, y) => localResponse(record, y, response),
    };
  },
  parse: localResponseNorm,
};
