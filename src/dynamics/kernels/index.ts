import { OdenetError } from "../../core/errors.ts";
import { show } from "../../core/show.ts";
import { type BasisKernel, basisKernel, basisKind } from "./basis.ts";
import { type Conv2dKernel, conv2dKernel, conv2dKind } from "./conv2d.ts";
import { type DenseKernel, denseKernel, denseKind } from "./dense.ts";
import type { KernelKind } from "./kernel.ts";

export { basisKernel, conv2dKernel, denseKernel };

/** Every kernel, as plain data. */
export type Kernel = DenseKernel | Conv2dKernel | BasisKernel;

/** The factories of every kernel but the dense one, which is the default. */
export const kernels = { conv2dKernel, basisKernel };

/** The rules of every kernel. */
export const kernelKinds: Readonly<Record<Kernel["kind"], KernelKind<Kernel>>> = {
  dense: denseKind,
  conv2d: conv2dKind,
  basis: basisKind,
};

/** The rules of a kernel. */
export function rulesOf({ kind }: Kernel): KernelKind<Kernel> {
  return kernelKinds[kind];
}

/** Checks a kernel that a caller, or a file, gives. */
export function checkedKernel(where: string, kernel: unknown): Kernel {
  if (typeof kernel === "object" && kernel !== null && "kind" in kernel) {
    const rules = Object.values(kernelKinds).find(({ kind }) => kind === kernel.kind);
    if (rules) return rules.parse(kernel);
  }
  const given = typeof kernel === "object" && kernel !== null ? Reflect.get(kernel, "kind") : undefined;
  throw new OdenetError(
    "name",
    `${where}: expected kernel to be conv2dKernel(size) or basisKernel(matrices), got ${show(given ?? kernel)}. Call the factory.`,
  );
}
