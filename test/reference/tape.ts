import { type Arithmetic, derivative } from "./arithmetic.ts";

/** One recorded number: its value, what it came from, and the derivative with respect to each of those. */
export interface Recorded<T> {
  readonly value: T;
  readonly parents: readonly Recorded<T>[];
  readonly partials: readonly T[];
  adjoint: T;
}

export interface Tape<T> extends Arithmetic<Recorded<T>> {
  /** A number whose adjoint is wanted. */
  variable(value: T): Recorded<T>;
  /** Adds `seed` to the adjoint of each end, then walks back: parent.adjoint += partial · adjoint. */
  sweep(ends: readonly Recorded<T>[], seeds: readonly T[]): void;
}

/** Reverse mode over any arithmetic: over numbers it gives gradients, over duals the Hessian times a vector. */
export function tape<T>(inner: Arithmetic<T>): Tape<T> {
  const zero = inner.constant(0);
  const recording: Recorded<T>[] = [];
  const record = (value: T, parents: readonly Recorded<T>[], partials: readonly T[]): Recorded<T> => {
    const recorded = { value, parents, partials, adjoint: zero };
    recording.push(recorded);
    return recorded;
  };
  return {
    variable: (value) => record(value, [], []),
    constant: (x) => ({ value: inner.constant(x), parents: [], partials: [], adjoint: zero }),
    value: (x) => inner.value(x.value),
    add: (x, y) => record(inner.add(x.value, y.value), [x, y], [inner.constant(1), inner.constant(1)]),
    multiply: (x, y) => record(inner.multiply(x.value, y.value), [x, y], [y.value, x.value]),
    scale: (c, x) => record(inner.scale(c, x.value), [x], [inner.constant(c)]),
    dot(x, y) {
      const left = x.map((entry) => entry.value);
      const right = y.map((entry) => entry.value);
      return record(inner.dot(left, right), [...x, ...y], [...right, ...left]);
    },
    apply: (f, x) => record(inner.apply(f, x.value), [x], [inner.apply(derivative(f), x.value)]),
    sweep(ends, seeds) {
      ends.forEach((end, i) => {
        end.adjoint = inner.add(end.adjoint, seeds[i] as T);
      });
      for (const { parents, partials, adjoint } of recording.toReversed()) {
        parents.forEach((parent, i) => {
          parent.adjoint = inner.add(parent.adjoint, inner.multiply(partials[i] as T, adjoint));
        });
      }
    },
  };
}
