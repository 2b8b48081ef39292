import * as odenet from "../../src/index.ts";
import type { DynamicsDescription } from "../reference/dynamics.ts";
import { symmetric } from "./draws.ts";
import { layerFrom, type Surface } from "./surface.ts";

/** Everything the package exports, by name. */
export const surface: Surface = { ...odenet };

/** A family the package exports as one object: its members by name. */
function family(name: string): Readonly<Record<string, unknown>> {
  const members = surface[name];
  if (typeof members !== "object" || members === null) {
    throw new Error(`families: expected an exported object "${name}" of members by name. Export it from src/index.ts.`);
  }
  return members as Record<string, unknown>;
}

/** The one place that knows what the families are called: a new member of one of them is tested with no edit. */
export const families = {
  /** { tanh: …, relu: …, … }: only the names are read. */
  activations: Object.keys(family("activations")),
  /** { softmaxCrossEntropy, logistic, leastSquares, … }: factories. */
  losses: Object.keys(family("losses")),
  /** { linear, dense, ode, … }: factories; each needs an example where the laws are run. */
  layers: Object.keys(family("layers")),
  /** { layerField, … }: factories that need no options at an even width. */
  dynamics: Object.keys(family("dynamics")),
  /** { conv2dKernel, … }: factories; each needs an example in kernelExamples. */
  kernels: Object.keys(family("kernels")),
  /** { euler, … }: values. */
  integrators: Object.keys(family("integrators")),
  /** { plainNet, resNet, … }: factories on { input, outputs, width, steps }. */
  presets: family("presets") as Readonly<Record<string, (options: object) => unknown>>,
  /** Networks of blocks of time steps for images: factories on { input, outputs, channels, steps }. */
  cnns: Object.fromEntries(
    Object.entries(family("imagePresets")).filter(([name]) => !["leNet", "alexNet"].includes(name)),
  ) as Readonly<Record<string, (options: object) => unknown>>,
} as const;

/** Every pair of dynamics and integrator that fits. A pair that does not is refused with the code "pair". */
export const pairs = families.dynamics.flatMap((kind) =>
  families.integrators.filter((integrator) => fits(kind, integrator)).map((integrator) => ({ kind, integrator })),
);

function fits(kind: string, integrator: string): boolean {
  try {
    layerFrom(surface, { kind: "ode", dynamics: { kind }, integrator, steps: 1 });
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === "pair") return false;
    throw error;
  }
}

/** A pair, and the kernel of its dynamics: "dense" where there is none. */
export interface Pair {
  readonly kind: string;
  readonly integrator: string;
  readonly kernel?: string;
}

/** What a kernel's dynamics is described with, and its input, for so many features. */
interface KernelExample {
  /** Size of weights with which K is about as large as a matrix of numbers in ±1. */
  readonly size: number;
  readonly dynamics: Pick<DynamicsDescription, "kernel" | "image" | "norm">;
  readonly input: number;
  readonly shape?: readonly [number, number, number];
}

const convolution: KernelExample = {
  size: 0.5,
  dynamics: { kernel: { kind: "conv2d", size: 3 }, image: [2, 3] },
  input: 12,
  shape: [2, 2, 3],
};

const WITH_BATCH_NORM = "conv2dKernel and batch norm";

/** Images of 2 × 3 with two channels, and matrices with the features of vectors. */
const kernelExamples: Readonly<Record<string, (kind: string, width: number) => KernelExample>> = {
  dense: (_, width) => ({ size: 1, dynamics: {}, input: width }),
  conv2dKernel: () => convolution,
  [WITH_BATCH_NORM]: () => ({ ...convolution, dynamics: { ...convolution.dynamics, norm: "batch" } }),
  basisKernel(kind, width) {
    const n = kind === "doubleHamiltonian" ? width / 2 : width;
    const matrices = [1, 2, 3].map((seed) => symmetric(700 + seed, n * n, 0.6));
    return {
      size: 1,
      dynamics: { kernel: { kind: "basis", matrices, offset: symmetric(704, n * n, 0.3) } },
      input: width,
    };
  },
};

/** The example of a pair's kernel. */
export function kernelExample({ kind, kernel = "dense" }: Pair, width: number): KernelExample {
  const make = kernelExamples[kernel];
  if (!make) throw new Error(`families: no example of ${kernel}. Add one to kernelExamples.`);
  return make(kind, width);
}

/** Every pair with every kernel. */
export const kernelPairs = ["dense", ...families.kernels].flatMap((kernel) =>
  pairs.map((pair) => ({ ...pair, kernel })),
);

/** The same, and every pair with a norm that joins the examples of a batch; implicitMidpoint takes no norm. */
export const joiningPairs = [
  ...kernelPairs,
  ...pairs
    .filter(({ integrator }) => integrator !== "implicitMidpoint")
    .map((pair) => ({ ...pair, kernel: WITH_BATCH_NORM })),
];
