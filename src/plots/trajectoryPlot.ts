/** Paths of features through depth: in the plane of two features, or one feature over time. */
import { nth } from "../core/nth.ts";
import { extent, padded } from "./axis.ts";
import { type FrameOptions, frame } from "./frame.ts";
import { type Attributes, element } from "./svg.ts";
import { seriesColor } from "./theme.ts";
import { visible, visiblePath } from "./visiblePath.ts";

export interface Path {
  /** Points one after another: x then y. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly class?: number;
}

export interface TrajectoryOptions extends FrameOptions {
  classes?: readonly string[];
  /** Arrows of a field: from (x, y) along (u, v). */
  field?: {
    readonly x: ArrayLike<number>;
    readonly y: ArrayLike<number>;
    readonly u: ArrayLike<number>;
    readonly v: ArrayLike<number>;
  };
  /** Marks the start with a ring and the end with a dot, default true. */
  ends?: boolean;
  /** Same scale on both axes, default true. */
  equal?: boolean;
  /** Height over width, default 1. */
  aspect?: number;
}

export function trajectoryPlot(paths: readonly Path[], options: TrajectoryOptions = {}): string {
  const { classes = [], field, ends = true, equal = true, aspect = 1 } = options;
  return frame(options, {
    xData: padded(extent(paths.flatMap((p) => Array.from(p.x)))),
    yData: padded(extent(paths.flatMap((p) => Array.from(p.y)))),
    aspect,
    equal,
    legend: classes.map((label, k) => ({ label, color: k })),
    inside(area) {
      const { x, y, theme, unit, width, height } = area;
      const arrows = field
        ? Array.from(field.x, (fx, k) => {
            const [u, v] = [nth(field.u, k), nth(field.v, k)];
            const [dx, dy] = [x(fx + u) - x(fx), y(nth(field.y, k) + v) - y(nth(field.y, k))];
            const length = Math.hypot(dx, dy) || 1;
            const size = Math.min(width, height) / 34;
            const [cx, cy] = [x(fx), y(nth(field.y, k))];
            const [ex, ey] = [cx + (dx / length) * size, cy + (dy / length) * size];
            const [bx, by] = [(dx / length) * size * 0.38, (dy / length) * size * 0.38];
            return `M${cx.toFixed(1)} ${cy.toFixed(1)}L${ex.toFixed(1)} ${ey.toFixed(1)}M${(ex - bx - by / 2).toFixed(1)} ${(ey - by + bx / 2).toFixed(1)}L${ex.toFixed(1)} ${ey.toFixed(1)}L${(ex - bx + by / 2).toFixed(1)} ${(ey - by - bx / 2).toFixed(1)}`;
          }).join("")
        : "";
      return (
        (arrows
          ? element("path", {
              d: arrows,
              fill: "none",
              stroke: theme.muted,
              "stroke-opacity": "0.45",
              "stroke-width": 0.9 * unit,
            })
          : "") +
        paths
          .map((p) => {
            const color = seriesColor(theme, p.class ?? 0);
            const points = Array.from(p.x, (v, k) => [x(v), y(nth(p.y, k))] as const);
            const [first, last] = [points[0], points[points.length - 1]];
            const many = paths.length > 60;
            const line = element("path", {
              d: visiblePath(points, area),
              fill: "none",
              stroke: color,
              "stroke-width": (many ? 0.8 : 1.6) * unit,
              "stroke-opacity": many ? "0.5" : undefined,
            });
            if (!ends || !first || !last) return line;
            const r = (many ? 1.6 : 2.8) * unit;
            const ring = { fill: theme.background, stroke: color, "stroke-width": unit };
            const mark = (at: readonly [number, number], look: Attributes) =>
              visible(at, area) ? element("circle", { cx: at[0], cy: at[1], r, ...look }) : "";
            return line + mark(first, ring) + mark(last, { fill: color });
          })
          .join("")
      );
    },
  });
}
