/** K as the matrix that it is between all features, whatever it is described by; Kᵀ is its transpose and nothing else. */
import type { Arithmetic, Smooth } from "./arithmetic.ts";
import type { DynamicsDescription } from "./dynamics.ts";
import { axpy, type Matrix, matrix } from "./vectors.ts";

export type KernelDescription =
  | { readonly kind: "conv2d"; readonly size: number }
  | { readonly kind: "basis"; readonly matrices: readonly (readonly number[])[]; readonly offset?: readonly number[] };

/** Positions of an image, or 1. */
export const positionsOf = ({ image: [height, width] = [1, 1] }: DynamicsDescription): number => height * width;

/** Letter and shape of the kernel's parameter, for rows and columns that count channels. */
export function kernelLetter(d: DynamicsDescription, rows: number, columns: number, suffix: string) {
  const { kernel } = d;
  if (kernel?.kind === "conv2d") return [`K${suffix}`, [rows, columns, kernel.size, kernel.size]] as const;
  if (kernel?.kind === "basis") return [`theta${suffix}`, [kernel.matrices.length]] as const;
  return [`K${suffix}`, [rows, columns]] as const;
}

/** The matrix; `columns` counts all features. */
export function matrixOf<T>(
  a: Arithmetic<T>,
  d: DynamicsDescription,
  w: Readonly<Record<string, readonly T[]>>,
  columns: number,
  suffix = "",
): Matrix<T> {
  const { kernel } = d;
  if (kernel?.kind === "conv2d") return toeplitz(a, d, w[`K${suffix}`] as readonly T[], columns, kernel.size);
  if (kernel?.kind === "basis") {
    const constant = (Q: readonly number[]) => Q.map(a.constant);
    const theta = w[`theta${suffix}`] as readonly T[];
    const first = constant(kernel.offset ?? (kernel.matrices[0] as readonly number[]).map(() => 0));
    const sum = kernel.matrices.reduce<readonly T[]>(
      (K, Q, i) =>
        axpy(
          a,
          K,
          1,
          Q.map((q) => a.scale(q, theta[i] as T)),
        ),
      first,
    );
    return matrix(sum, columns);
  }
  return matrix(w[`K${suffix}`] as readonly T[], columns);
}

/** z[o, r, s] = Σ K[o, i, u, v] y[i, r + u − p, s + v − p], zero outside of the image, p = ⌊(size − 1) / 2⌋. */
function toeplitz<T>(a: Arithmetic<T>, d: DynamicsDescription, K: readonly T[], columns: number, size: number) {
  const [height, width] = d.image as readonly [number, number];
  const positions = height * width;
  const channels = columns / positions;
  const rows = (K.length / (channels * size * size)) * positions;
  const p = Math.floor((size - 1) / 2);
  const zero = a.constant(0);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => {
      const [o, i] = [Math.floor(row / positions), Math.floor(column / positions)];
      const at = (index: number) => [Math.floor((index % positions) / width), index % width] as const;
      const [r, s] = at(row);
      const [y, x] = at(column);
      const [u, v] = [y - r + p, x - s + p];
      if (u < 0 || u >= size || v < 0 || v >= size) return zero;
      return K[((o * channels + i) * size + u) * size + v] as T;
    }),
  );
}

const inverseRoot: Smooth = [
  (x) => 1 / Math.sqrt(x + 1e-5),
  (x) => -0.5 / (x + 1e-5) ** 1.5,
  (x) => 0.75 / (x + 1e-5) ** 2.5,
];

/** (z − mean) / √(variance + 10⁻⁵) over each channel, over all, or over each channel of all examples. */
export function normalized<T>(a: Arithmetic<T>, d: DynamicsDescription, z: readonly T[]): readonly T[] {
  if (!d.norm) return z;
  if (d.running) return z.map((x) => a.scale(1 / Math.sqrt(1 + 1e-5), x));
  const n = d.norm === "layer" ? z.length : positionsOf(d);
  const joined = (x: T): T => {
    if (d.norm !== "batch") return x;
    if (!a.mean) throw new Error("reference: a norm over the batch asks for the numbers of a batch");
    return a.mean(x);
  };
  return matrix(z, n).flatMap((group) => {
    const one = group.map(() => a.constant(1 / n));
    const mean = joined(a.dot(one, group));
    const centred = group.map((x) => a.add(x, a.scale(-1, mean)));
    const r = a.apply(inverseRoot, joined(a.scale(1 / n, a.dot(centred, centred))));
    return centred.map((x) => a.multiply(x, r));
  });
}

/** b at every position of its channel. */
export function biasOf<T>(d: DynamicsDescription, b: readonly T[] | undefined): readonly T[] | undefined {
  const positions = positionsOf(d);
  if (!b || b.length === 1) return b;
  return b.flatMap((x) => new Array<T>(positions).fill(x));
}
