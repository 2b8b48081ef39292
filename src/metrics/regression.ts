/** How far predicted numbers are off: root mean square, mean absolute error, and R² = 1 − Σ(s − c)² / Σ(c − c̄)². */

export interface Errors {
  readonly rmse: number;
  readonly mae: number;
  /** NaN where the targets do not differ. */
  readonly r2: number;
}

export interface RegressionReport extends Errors {
  /** The same of each output. */
  readonly outputs: readonly Errors[];
}

/** n × k numbers each, example by example; with a mask, targets where it is 0 do not count. R² over all outputs takes each one's own mean. */
export function regressionReport(
  targets: ArrayLike<number>,
  predicted: ArrayLike<number>,
  k: number,
  mask?: ArrayLike<number>,
): RegressionReport {
  const sums = Array.from({ length: k }, (_, output) => sumsOf(targets, predicted, k, output, mask));
  const total = sums.reduce((a, b) => ({
    count: a.count + b.count,
    squares: a.squares + b.squares,
    absolute: a.absolute + b.absolute,
    spread: a.spread + b.spread,
  }));
  return { ...errorsOf(total), outputs: sums.map(errorsOf) };
}

interface Sums {
  readonly count: number;
  readonly squares: number;
  readonly absolute: number;
  readonly spread: number;
}

function sumsOf(
  targets: ArrayLike<number>,
  predicted: ArrayLike<number>,
  k: number,
  output: number,
  mask: ArrayLike<number> | undefined,
): Sums {
  let count = 0;
  let mean = 0;
  let squares = 0;
  let absolute = 0;
  let spread = 0;
  for (let i = output; i < targets.length; i += k) {
    if (mask?.[i] === 0) continue;
    const c = targets[i] ?? Number.NaN;
    const r = (predicted[i] ?? Number.NaN) - c;
    squares += r * r;
    absolute += Math.abs(r);
    // Welford 1962: no cancellation however far the targets lie from 0.
    const before = c - mean;
    mean += before / ++count;
    spread += before * (c - mean);
  }
  return { count, squares, absolute, spread };
}

const errorsOf = ({ count, squares, absolute, spread }: Sums): Errors => ({
  rmse: Math.sqrt(squares / count),
  mae: absolute / count,
  r2: spread > 0 ? 1 - squares / spread : Number.NaN,
});
