import type { Arithmetic } from "./arithmetic.ts";
import type { Letters, Weights } from "./dynamics.ts";
import { axpy, times } from "./vectors.ts";

export type WeightsInTime = "perStep" | "constant" | "nodal" | "halfSteps";

/** How many weight sets `steps` steps have. */
export const sets: Readonly<Record<WeightsInTime, (steps: number) => number>> = {
  perStep: (steps) => steps,
  constant: () => 1,
  nodal: (steps) => steps + 1,
  halfSteps: (steps) => 2 * steps + 1,
};

/** θ(t_j + c h), 0 <= c <= 1. */
export type WeightsAt<T> = (j: number, c: number) => Weights<T>;

/** The interpolant of what is given: the sets themselves, or linear between nodes (and midpoints). */
export function weightsAt<T>(
  a: Arithmetic<T>,
  kind: WeightsInTime,
  letters: Letters,
  get: (letter: string) => readonly T[],
): WeightsAt<T> {
  const stacked = letters.map(([letter, shape]) => [letter, get(letter), shape.reduce((p, s) => p * s, 1)] as const);
  const at = (position: number): Weights<T> => {
    const left = Math.floor(position);
    const fraction = position - left;
    const entries = stacked.map(([letter, values, size]) => {
      const set = (k: number) => values.slice(k * size, (k + 1) * size);
      const mixed = fraction === 0 ? set(left) : axpy(a, times(a, 1 - fraction, set(left)), fraction, set(left + 1));
      return [letter, mixed] as const;
    });
    return Object.fromEntries(entries);
  };
  const known = new Map<number, Weights<T>>();
  const remember = (position: number) => {
    const found = known.get(position) ?? at(position);
    known.set(position, found);
    return found;
  };
  switch (kind) {
    case "perStep":
      return (j) => remember(j);
    case "constant":
      return () => remember(0);
    case "nodal":
      return (j, c) => remember(j + c);
    case "halfSteps":
      return (j, c) => remember(2 * (j + c));
  }
}
