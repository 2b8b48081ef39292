/** ‖∂Φ/∂Y‖ over depth on a logarithmic axis: straight lines are gradients that vanish or explode geometrically. */
import { curves } from "./curves.ts";
import type { FrameOptions } from "./frame.ts";

export interface Flow {
  readonly label?: string;
  /** From the first layer to the last. */
  readonly norms: ArrayLike<number>;
}

export function gradientFlowPlot(flows: readonly Flow[], options: FrameOptions = {}): string {
  return curves(
    flows.map(({ norms, label }) => ({
      x: Array.from(norms, (_, k) => k),
      y: norms,
      ...(label === undefined ? {} : { label }),
    })),
    {
      ...options,
      x: { label: "layer", ...options.x },
      y: { label: "‖∂Φ/∂Y‖", scale: "log", ...options.y },
    },
  );
}
