import { OdenetError } from "../../core/errors.ts";
import { type BasisKernel, basisKernel, basisKind } from "./basis.ts";
import { type Conv2dKernel, conv2dKernel, conv2dKind } from "./conv2d.ts";
import { type DenseKernel, denseKernel, denseKind } from "./dense.ts";
import type { KernelData, KernelKind } from "./kernel.ts";

export { basisKernel, conv2dKernel, denseKernel };

/** Every kernel, as plain data. */
export type Kernel = DenseKernel | Conv2dKernel | BasisKernel;

/** The factories of every kernel but the dense one, which is the default. */
export const kernels = { conv2dKernel, basisKernel };

const kernelKinds = { dense: denseKind, conv2d: conv2dKind, basis: basisKind };

/** The rules of a kernel. */
export function rulesOf({ kind }: Kernel): KernelKind<KernelData> {
  return kernelKinds[kind] as unknown as KernelKind<KernelData>;
}

/** Checks a kernel that a caller, or a file, gives. */
export function checkedKernel(where: string, kernel: unknown): Kernel {
  const { kind } = (typeof kernel === "object" && kernel !== null ? kernel : {}) as { kind?: unknown };
  if (typeof kind !== "string" || !Object.hasOwn(kernelKinds, kind)) {
    const got = typeof kernel === "function" ? `the function ${kernel.name}` : JSON.stringify(kind ?? kernel);
    throw new OdenetError(
      "name",
      `${where}: expected kernel to be conv2dKernel(size) or basisKernel(matrices), got ${got}. Call the factory.`,
    );
  }
  return kernelKinds[kind as Kernel["kind"]].parse(kernel as Record<string, unknown>);
}
