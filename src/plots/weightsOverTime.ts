/** The entries of K(t) as a picture: a row each, time from left to right, purple below zero and orange above. */
import { type SurfaceOptions, surface } from "./surface.ts";

export interface WeightsOverTime {
  readonly times: ArrayLike<number>;
  /** `times.length` sets of equally many numbers, one after another, as `model.get("1.K")` gives them. */
  readonly values: ArrayLike<number>;
}

export function weightsOverTime({ times, values }: WeightsOverTime, options: SurfaceOptions = {}): string {
  const entries = values.length / times.length;
  const most = Math.max(...Array.from(values, Math.abs), 1e-300);
  return surface(
    { x: times, y: Array.from({ length: entries }, (_, k) => k), values },
    {
      colors: "diverging",
      levels: 0,
      cells: true,
      range: [-most, most],
      ...options,
      x: { label: "time t", ...options.x },
      y: { label: "entry of K", ...options.y },
    },
  );
}
