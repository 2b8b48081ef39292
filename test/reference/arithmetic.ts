/** A scalar function with its derivatives: [f, f', f'']. */
export type Smooth = readonly ((x: number) => number)[];

/** What a formula needs of its numbers. Written once over T, it gives values, tangents and gradients. */
export interface Arithmetic<T> {
  constant(x: number): T;
  value(x: T): number;
  add(x: T, y: T): T;
  multiply(x: T, y: T): T;
  scale(c: number, x: T): T;
  dot(x: readonly T[], y: readonly T[]): T;
  apply(f: Smooth, x: T): T;
  /** The mean over the examples, where a number stands for that of every example of a batch. */
  mean?(x: T): T;
}

/** f' as a function with its own derivatives. */
export function derivative(f: Smooth): Smooth {
  if (f.length < 2) throw new Error("reference: a derivative of higher order than written down was asked for");
  return f.slice(1);
}

/** f(x). */
export function evaluate(f: Smooth, x: number): number {
  return (f[0] as (x: number) => number)(x);
}

/** Plain numbers. */
export const numbers: Arithmetic<number> = {
  constant: (x) => x,
  value: (x) => x,
  add: (x, y) => x + y,
  multiply: (x, y) => x * y,
  scale: (c, x) => c * x,
  dot: (x, y) => x.reduce((sum, value, i) => sum + value * (y[i] as number), 0),
  apply: evaluate,
};

/** One number for each example of a batch: every formula holds for each of them, and `mean` alone joins them. */
export function batched<T>(a: Arithmetic<T>, examples: number): Arithmetic<readonly T[]> {
  const all = (make: (i: number) => T) => Array.from({ length: examples }, (_, i) => make(i));
  const at = (i: number) => (x: readonly T[]) => x[i] as T;
  return {
    constant: (x) => all(() => a.constant(x)),
    value: (x) => a.value(x[0] as T),
    add: (x, y) => all((i) => a.add(at(i)(x), at(i)(y))),
    multiply: (x, y) => all((i) => a.multiply(at(i)(x), at(i)(y))),
    scale: (c, x) => all((i) => a.scale(c, at(i)(x))),
    dot: (x, y) => all((i) => a.dot(x.map(at(i)), y.map(at(i)))),
    apply: (f, x) => all((i) => a.apply(f, at(i)(x))),
    mean(x) {
      const mean = a.scale(1 / examples, x.reduce(a.add));
      return all(() => mean);
    },
  };
}

/** Plain numbers that tell `listen` every argument of a function: finds how near the kinks are. */
export function listening(listen: (f: Smooth, x: number) => void): Arithmetic<number> {
  return {
    ...numbers,
    apply(f, x) {
      listen(f, x);
      return evaluate(f, x);
    },
  };
}
