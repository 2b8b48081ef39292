/** Curves y(x), on linear or logarithmic axes: losses, energies, norms over depth. */
import { nth } from "../core/nth.ts";
import { extent, padded } from "./axis.ts";
import { type FrameOptions, frame } from "./frame.ts";
import { element, linePath } from "./svg.ts";
import { seriesColor } from "./theme.ts";
import { visiblePath } from "./visiblePath.ts";

export interface Curve {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly label?: string;
  /** Default `"line"`. */
  readonly style?: "line" | "dashed" | "dots" | "both";
  /** Series number, for curves that belong together; default their order. */
  readonly color?: number;
  /** A band around the curve. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
}

/** Several curves in one frame; a legend where they have labels. */
export function curves(series: readonly Curve[], options: FrameOptions = {}): string {
  const logX = options.x?.scale === "log";
  const logY = options.y?.scale === "log";
  const xs = series.flatMap((s) => Array.from(s.x));
  const ys = series.flatMap((s) => [s.y, s.low ?? [], s.high ?? []].flatMap((v) => Array.from(v)));
  const color = (s: Curve, k: number) => s.color ?? k;
  return frame(options, {
    xData: extent(xs, logX),
    yData: padded(extent(ys, logY), logY),
    legend: series.flatMap((s, k) =>
      s.label === undefined
        ? []
        : [
            {
              label: s.label,
              color: color(s, k),
              mark:
                s.style === "dots" ? ("dot" as const) : s.style === "dashed" ? ("dashed" as const) : ("line" as const),
            },
          ],
    ),
    inside(area) {
      const { x, y, theme, unit } = area;
      return series
        .map((s, k) => {
          const stroke = seriesColor(theme, color(s, k));
          const points = Array.from(s.x, (v, i) => [x(v), y(nth(s.y, i))] as const);
          const { low, high } = s;
          const band =
            low && high
              ? element("path", {
                  d: `${linePath([
                    ...Array.from(s.x, (v, i) => [x(v), y(nth(high, i))] as const),
                    ...Array.from(s.x, (v, i) => [x(v), y(nth(low, i))] as const).reverse(),
                  ])}Z`,
                  fill: stroke,
                  "fill-opacity": "0.18",
                })
              : "";
          const line =
            s.style === "dots"
              ? ""
              : element("path", {
                  d: visiblePath(points, area),
                  fill: "none",
                  stroke,
                  "stroke-width": 1.8 * unit,
                  "stroke-linejoin": "round",
                  "stroke-dasharray": s.style === "dashed" ? `${6 * unit} ${4 * unit}` : undefined,
                });
          const dots =
            s.style === "dots" || s.style === "both"
              ? points
                  .filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b))
                  .map(([cx, cy]) => element("circle", { cx, cy, r: 2.6 * unit, fill: stroke }))
                  .join("")
              : "";
          return band + line + dots;
        })
        .join("");
    },
  });
}
