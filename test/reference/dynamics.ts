import { activationOf } from "./activations.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { biasOf, type KernelDescription, kernelLetter, matrixOf, normalized, positionsOf } from "./maps.ts";
import { applied, axpy, plus, product, times, transpose } from "./vectors.ts";

/** The weights one evaluation sees, flat, by letter. */
export type Weights<T> = Readonly<Record<string, readonly T[]>>;

export interface DynamicsDescription {
  readonly kind: string;
  readonly activation?: string;
  readonly bias?: boolean | "scalar";
  readonly hidden?: number;
  readonly gamma?: number;
  readonly scale?: number;
  /** A matrix where there is none. */
  readonly kernel?: KernelDescription;
  /** Height and width of the images that a convolution reads. */
  readonly image?: readonly [number, number];
  readonly norm?: "instance" | "layer" | "batch";
  /** Mean 0 and variance 1 in place of the batch's: what scores take before any training. */
  readonly running?: boolean;
}

/** One weight set: its letter and its shape, in the order of theta. */
export type Letters = readonly (readonly [letter: string, shape: readonly number[]])[];

/** ẏ = f(y). */
export interface FirstOrder {
  readonly order: "first";
  letters(d: DynamicsDescription, n: number): Letters;
  velocity<T>(a: Arithmetic<T>, d: DynamicsDescription, w: Weights<T>, y: readonly T[]): T[];
}

/** q̇ = f(p), ṗ = g(q), where p is updated first. */
export interface Partitioned {
  readonly order: "partitioned";
  letters(d: DynamicsDescription, n: number): Letters;
  /** Strang: every step is half p, full q, half p. Otherwise the half start halves the first p-update only. */
  readonly strang: boolean;
  split<T>(a: Arithmetic<T>, y: readonly T[]): { p: readonly T[]; q: readonly T[] };
  output<T>(p: readonly T[], q: readonly T[]): readonly T[];
  pDot<T>(a: Arithmetic<T>, d: DynamicsDescription, w: Weights<T>, q: readonly T[]): T[];
  qDot<T>(a: Arithmetic<T>, d: DynamicsDescription, w: Weights<T>, p: readonly T[]): T[];
}

/** ÿ = f(y), ẏ(0) = 0. */
export interface SecondOrder {
  readonly order: "second";
  letters(d: DynamicsDescription, n: number): Letters;
  acceleration<T>(a: Arithmetic<T>, d: DynamicsDescription, w: Weights<T>, y: readonly T[]): T[];
}

export type Dynamics = FirstOrder | Partitioned | SecondOrder;

const sigma = (d: DynamicsDescription) => activationOf(d.activation ?? "tanh").sigma;

/** Rows and columns count channels where y is an image. */
function letters(d: DynamicsDescription, rows: number, columns: number, suffix = ""): Letters {
  const K = kernelLetter(d, rows, columns, suffix);
  const bias = d.bias ?? true;
  return bias === false ? [K] : [K, [`b${suffix}`, [bias === "scalar" ? 1 : rows]] as const];
}

const channels = (d: DynamicsDescription, n: number) => n / positionsOf(d);

/** σ(K y + b). */
function forwards<T>(a: Arithmetic<T>, d: DynamicsDescription, w: Weights<T>, y: readonly T[], suffix = ""): T[] {
  const K = matrixOf(a, d, w, y.length, suffix);
  return applied(a, sigma(d), plus(a, normalized(a, d, product(a, K, y)), biasOf(d, w[`b${suffix}`])));
}

/** Kᵀ σ(K y + b). */
function gradient<T>(a: Arithmetic<T>, d: DynamicsDescription, w: Weights<T>, y: readonly T[], suffix = ""): T[] {
  const K = matrixOf(a, d, w, y.length, suffix);
  return product(a, transpose(K), forwards(a, d, w, y, suffix));
}

/** ẏ = σ(K y + b). */
const layerField: FirstOrder = {
  order: "first",
  letters: (d, n) => letters(d, channels(d, n), channels(d, n)),
  velocity: forwards,
};

/** ẏ = σ(A y + b), A = scale (K − Kᵀ − γ I). */
const antisymmetric: FirstOrder = {
  order: "first",
  letters: (d, n) => letters(d, channels(d, n), channels(d, n)),
  velocity(a, d, w, y) {
    const K = matrixOf(a, d, w, y.length);
    const skew = axpy(a, product(a, K, y), -1, product(a, transpose(K), y));
    const Ay = times(a, d.scale ?? 1, axpy(a, skew, -(d.gamma ?? 0), y));
    return applied(a, sigma(d), plus(a, normalized(a, d, Ay), biasOf(d, w.b)));
  },
};

/** ẏ = −Kᵀ σ(K y + b). */
const parabolic: FirstOrder = {
  order: "first",
  letters: (d, n) => letters(d, d.hidden ?? channels(d, n), channels(d, n)),
  velocity: (a, d, w, y) => times(a, -1, gradient(a, d, w, y)),
};

/** ÿ = −Kᵀ σ(K y + b). */
const secondOrder: SecondOrder = {
  order: "second",
  letters: parabolic.letters,
  acceleration: parabolic.velocity,
};

/** ż = −σ(Kᵀ y + b), ẏ = σ(K z + b), z(0) = 0; the output is y. Here p = z, q = y. */
const hamiltonian: Partitioned = {
  order: "partitioned",
  strang: false,
  letters: (d, n) => letters(d, channels(d, n), channels(d, n)),
  split: (a, y) => ({ p: y.map(() => a.constant(0)), q: y }),
  output: (_, q) => q,
  pDot(a, d, w, q) {
    const Kt = transpose(matrixOf(a, d, w, q.length));
    return times(a, -1, applied(a, sigma(d), plus(a, normalized(a, d, product(a, Kt, q)), biasOf(d, w.b))));
  },
  qDot: forwards,
};

/** Halves (y, z): ẏ = −K₁ᵀ σ(K₁ z + b₁), ż = K₂ᵀ σ(K₂ y + b₂). Here p = y, q = z. */
const doubleHamiltonian: Partitioned = {
  order: "partitioned",
  strang: true,
  letters: (d, n) =>
    [1, 2].flatMap((half) => letters(d, d.hidden ?? channels(d, n) / 2, channels(d, n) / 2, `${half}`)),
  split: (_, y) => ({ p: y.slice(0, y.length / 2), q: y.slice(y.length / 2) }),
  output: (p, q) => [...p, ...q],
  pDot: (a, d, w, q) => times(a, -1, gradient(a, d, w, q, "1")),
  qDot: (a, d, w, p) => gradient(a, d, w, p, "2"),
};

/** Every dynamics; a further one is one entry. */
export const dynamics: Readonly<Record<string, Dynamics>> = {
  layerField,
  antisymmetric,
  parabolic,
  secondOrder,
  hamiltonian,
  doubleHamiltonian,
};

/** The dynamics of that name. */
export function dynamicsOf(d: DynamicsDescription): Dynamics {
  const found = dynamics[d.kind];
  if (!found) throw new Error(`reference: no dynamics "${d.kind}"`);
  return found;
}
