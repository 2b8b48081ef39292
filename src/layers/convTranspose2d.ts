/** σ(K* y + b): the adjoint of a convolution, which makes images larger where the stride makes them smaller. */
import { OdenetError } from "../core/errors.ts";
import { pickOptions, type Rules } from "../core/registry.ts";
import { activate } from "../operations/activation.ts";
import { addBias } from "../operations/bias.ts";
import { convolutionAdjoint } from "../operations/convolution.ts";
import { area } from "../operations/windows.ts";
import { type Conv2dOptions, type Convolution, checkGroups, convolutionRules, drawn } from "./conv2d.ts";
import { imageInput } from "./imageForm.ts";
import type { LayerKind } from "./layer.ts";
import { paddingOf, windowsOn } from "./movingWindow.ts";
import { kernelParameter, rowParameter } from "./parameters.ts";
import type { Undrawn } from "./rules.ts";
import type { ImageShape } from "./shape.ts";

export interface ConvTranspose2dOptions extends Conv2dOptions {
  /** Rows and columns more than the smallest image whose convolution is y, below the stride; default 0. */
  outputPadding?: number;
}

export interface ConvTranspose2d extends Convolution {
  readonly kind: "convTranspose2d";
  readonly outputPadding: number;
}

/**
 * `σ(K* y + b)`, K* the adjoint of `conv2d` with these options. The image gets `(n − 1) stride + size − 2 padding +
 * outputPadding` rows; with `"same"`, `n · stride`. Parameters K: [in, channels / groups, size, size], b: [channels].
 */
export function convTranspose2d(channels: number, options: ConvTranspose2dOptions = {}): ConvTranspose2d {
  return make({ ...options, channels });
}

const rules: Rules<Undrawn<ConvTranspose2d>> = {
  ...convolutionRules,
  outputPadding: { kind: "whole", label: "more rows and columns", from: 0, initial: 0 },
};

function make(given: object): ConvTranspose2d {
  const { outputPadding, ...options } = pickOptions("convTranspose2d", rules, given);
  const { stride, padding } = options;
  if (outputPadding >= stride || (outputPadding > 0 && padding === "same")) {
    throw new OdenetError(
      "option",
      `convTranspose2d: expected outputPadding below the stride ${stride}, and 0 with padding "same", got ${outputPadding}.`,
    );
  }
  return Object.freeze({ kind: "convTranspose2d", ...drawn(options), outputPadding });
}

/** Rows, or columns, of the result. */
function enlarged(n: number, { size, stride, padding, outputPadding }: ConvTranspose2d): number {
  if (padding === "same") return n * stride;
  const { before, behind } = paddingOf(padding, size);
  return (n - 1) * stride + size - before - behind + outputPadding;
}

export const convTranspose2dKind: LayerKind<ConvTranspose2d> = {
  kind: "convTranspose2d",
  label: "transposed convolution",
  options: rules,
  takes: () => "image",
  layOut(layer, input, name) {
    const where = `layer ${name} (convTranspose2d)`;
    const [filters, height, width] = imageInput(input, where);
    const { channels, size, groups, bias, activation, initialization } = layer;
    checkGroups(groups, filters, channels, where);
    const output: ImageShape = [channels, enlarged(height, layer), enlarged(width, layer)];
    if (output[1] < 1 || output[2] < 1) {
      throw new OdenetError(
        "shape",
        `${where}: expected an output of at least 1 × 1, got ${output[1]} × ${output[2]}. Use less padding, or a larger size.`,
      );
    }
    const windows = windowsOn(output, layer, where);
    const K = kernelParameter(`${name}.K`, { filters, channels, size, groups }, initialization);
    const b = rowParameter(`${name}.b`, channels);
    return {
      output,
      parameters: bias ? [K, b] : [K],
      record({ record, parameter }, y) {
        const z = convolutionAdjoint(record, y, parameter(K.name), windows);
        return activate(record, bias ? addBias(record, z, parameter(b.name), area(windows.image)) : z, activation);
      },
    };
  },
  parse: make,
};
