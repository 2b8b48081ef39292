/** K: a matrix of rows × columns parameters. */
import type { KernelKind } from "./kernel.ts";
import { matrixMap } from "./matrixMap.ts";

export interface DenseKernel {
  readonly kind: "dense";
}

export const denseKernel: DenseKernel = Object.freeze({ kind: "dense" });

export const denseKind: KernelKind<DenseKernel> = {
  kind: "dense",
  label: "matrix",
  takes: "features",
  parameter: (_kernel, { suffix, rows, columns }) => ({ letter: `K${suffix}`, shape: [rows, columns] }),
  map: (_kernel, { record }, K) => matrixMap(record, K),
  parse: () => denseKernel,
};
