/**
 * K ⋆ y, a convolution over images with zeros around them (cross-correlation), as large as the image; Kᵀ is its adjoint, and
 * K − Kᵀ the difference of the two (Chang et al. 2018; Ruthotto & Haber 2020, section 2.1).
 */
import type { Tensor } from "../../core/recording/tensor.ts";
import { type DataRules, pickOptions } from "../../core/registry.ts";
import { combine } from "../../operations/combine.ts";
import { convolution, convolutionAdjoint } from "../../operations/convolution.ts";
import { zero } from "../../operations/fill.ts";
import { toFeatures, toImage } from "../../operations/images.ts";
import { skew } from "../../operations/skew.ts";
import { area, type Pair, type Windows } from "../../operations/windows.ts";
import { imageOf, type KernelContext, type KernelKind, type LinearMap } from "./kernel.ts";

/** Largest size: kernels count positions in 24 bits. */
const LARGEST = 4096;

export interface Conv2dKernel {
  readonly kind: "conv2d";
  readonly size: number;
}

/**
 * Convolutions with `size` × `size` windows, default 3 × 3, stride 1 and zeros around the image. The features are images.
 * Parameter K: [channels out, channels in, size, size]; b and `hidden` count channels. Throws `option`.
 */
export function conv2dKernel(size = 3): Conv2dKernel {
  return make({ size });
}

const options: DataRules<Conv2dKernel> = {
  size: { kind: "whole", label: "height and width", from: 1, to: LARGEST, initial: 3 },
};

const make = (given: object): Conv2dKernel =>
  Object.freeze({ kind: "conv2d", ...pickOptions("conv2dKernel", options, given) });

/** ⌊(size − 1) / 2⌋ zeros above and left, as many places as positions. */
function windowsOf(image: Pair, size: number): Windows {
  const before = Math.floor((size - 1) / 2);
  return { image, window: [size, size], places: image, stride: [1, 1], padding: [before, before], groups: 1 };
}

type Apply = (y: Tensor) => Tensor;

/** A map between images of `columns` channels and others, given with its adjoint. */
function imageMap(context: KernelContext, columns: number, apply: Apply, adjoint: Apply): LinearMap {
  const { record, space } = context;
  const positions = area(imageOf(space));
  return {
    apply,
    adjoint,
    antisymmetric(scale, gamma) {
      const minus =
        (there: Apply, back: Apply): Apply =>
        (y) =>
          combine(record, [
            [scale, there(y)],
            [-scale, back(y)],
            ...(gamma === 0 ? [] : [[-scale * gamma, y] as const]),
          ]);
      return imageMap(context, columns, minus(apply, adjoint), minus(adjoint, apply));
    },
    /** Row i is K e_i: the map applied to the images of the identity, which is 0 (Z − Zᵀ) + I for any Z. */
    matrix() {
      const n = columns * positions;
      const identity = skew(record, zero(record, { rows: n, columns: n }), 0, 1);
      return toFeatures(record, apply(toImage(record, identity, columns)), positions);
    },
  };
}

export const conv2dKind: KernelKind<Conv2dKernel> = {
  kind: "conv2d",
  label: "convolution",
  takes: "image",
  parameter: ({ size }, { suffix, rows, columns }) => ({ letter: `K${suffix}`, shape: [rows, columns, size, size] }),
  map({ size }, context, K, { columns }) {
    const { record, space } = context;
    const windows = windowsOf(imageOf(space), size);
    return imageMap(
      context,
      columns,
      (y) => convolution(record, y, K, windows),
      (z) => convolutionAdjoint(record, z, K, windows),
    );
  },
  parse: make,
};
