/**
 * The part of a path that an area may show: what lies beyond it is clipped anyway, costs bytes, and far away some rasterisers
 * lose the rest with it.
 */
import { nth } from "../core/nth.ts";
import type { Area } from "./area.ts";
import { linePath } from "./svg.ts";

type Point = readonly [number, number];
type Box = Pick<Area, "left" | "top" | "width" | "height">;

/** Pixels around the area that a wide line or a mark reaches in from. */
const EDGE = 4;
const GAP: Point = [Number.NaN, Number.NaN];

/** M x y L x y …, without the segments that lie beyond one side of the area. */
export function visiblePath(points: readonly Point[], area: Box): string {
  const sides = points.map((p) => beyond(p, area));
  return linePath(
    points.flatMap((p, k) => {
      const hidden = (other: number) => (nth(sides, k) & (sides[other] ?? -1)) !== 0;
      if (!hidden(k)) return [p];
      // An end of a segment that comes in, or crosses a corner.
      const [before, after] = [k > 0 && !hidden(k - 1), k + 1 < points.length && !hidden(k + 1)];
      if (!before && !after) return [GAP];
      return before && after ? [p] : before ? [p, GAP] : [GAP, p];
    }),
  );
}

/** Whether the area shows a point. */
export function visible(point: Point, area: Box): boolean {
  return beyond(point, area) === 0;
}

/** One bit a side that a point lies beyond (Cohen and Sutherland). */
function beyond([x, y]: Point, { left, top, width, height }: Box): number {
  const [right, bottom] = [left + width + EDGE, top + height + EDGE];
  return (x < left - EDGE ? 1 : 0) + (x > right ? 2 : 0) + (y < top - EDGE ? 4 : 0) + (y > bottom ? 8 : 0);
}
