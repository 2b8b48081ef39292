/** A map that is one matrix, in × out in the core: y K from the right. */
import type { CallRecorder, Tensor } from "../../core/recording/tensor.ts";
import { product, productTransposed } from "../../operations/product.ts";
import { skew } from "../../operations/skew.ts";
import type { LinearMap } from "./kernel.ts";

export function matrixMap(record: CallRecorder, K: Tensor): LinearMap {
  return {
    apply: (y) => product(record, y, K),
    adjoint: (z) => productTransposed(record, z, K),
    // The core keeps Kᵀ (in × out) and needs Aᵀ = scale (Kᵀ − K − γ I): the same formula.
    antisymmetric: (scale, gamma) => matrixMap(record, skew(record, K, scale, -scale * gamma)),
    matrix: () => K,
  };
}
