/** The values along one axis of a grid: equally spaced from `from` to `to`, or given. */
import { OdenetError } from "../core/errors.ts";

export type Axis =
  | { readonly from: number; readonly to: number; readonly points: number }
  | { readonly values: ArrayLike<number> };

/** The axis's values, at least two of them, increasing. Throws `option`. */
export function axisValues(axis: Axis, where: string): Float64Array {
  const given = typeof axis === "object" && axis !== null && "values" in axis;
  const { from, to, points } = (given ? {} : (axis ?? {})) as { from?: number; to?: number; points?: number };
  const count = given ? (axis as { values: ArrayLike<number> }).values?.length : points;
  if (!Number.isSafeInteger(count) || (count as number) < 2) {
    throw new OdenetError(
      "option",
      `${where}: expected at least two points, got ${String(count)}. Write { from: 0.2, to: 2, points: 101 }.`,
    );
  }
  const n = count as number;
  const values = given
    ? Float64Array.from((axis as { values: ArrayLike<number> }).values)
    : Float64Array.from({ length: n }, (_, k) => ((from as number) * (n - 1 - k) + (to as number) * k) / (n - 1));
  for (let k = 0; k < n; k++) {
    if (!Number.isFinite(values[k]) || (k > 0 && !((values[k] as number) > (values[k - 1] as number)))) {
      throw new OdenetError(
        "option",
        `${where}: expected finite, increasing values, got ${String(values[k])} at point ${k}.`,
      );
    }
  }
  return values;
}
