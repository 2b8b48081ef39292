/**
 * θ(t) over the steps of an ode layer: N sets, one for each step ("perStep"), one for all ("constant"), N + 1 at the nodes
 * ("nodal") or 2N + 1 at nodes and midpoints ("halfSteps"); between the given times, the linear interpolant.
 */
import type { SliceSource } from "../core/recorder.ts";
import type { CallRecorder, Tensor } from "../core/tensor.ts";
import { combine } from "../operations/combine.ts";

export type WeightsInTime = "perStep" | "constant" | "nodal" | "halfSteps";

interface Layout {
  /** Sets for N steps; undefined for one without an axis. */
  copies(steps: number): number | undefined;
  /** Sets from one step to the next, and sets that one step sees. */
  readonly step: number;
  readonly span: number;
  /** Position among a step's sets of the fraction c of the step. */
  position(c: number): number;
}

export const weightLayouts: Readonly<Record<WeightsInTime, Layout>> = {
  perStep: { copies: (steps) => steps, step: 1, span: 1, position: () => 0 },
  constant: { copies: () => undefined, step: 0, span: 1, position: () => 0 },
  nodal: { copies: (steps) => steps + 1, step: 1, span: 2, position: (c) => c },
  halfSteps: { copies: (steps) => 2 * steps + 1, step: 2, span: 3, position: (c) => 2 * c },
};

/** A parameter at the fraction c of the loop's current step, which is step `first` + iteration of the layer. */
export function weightAt(
  record: CallRecorder,
  kind: WeightsInTime,
  source: Tensor,
  first: number,
  at: (source: SliceSource) => Tensor,
  c: number,
): Tensor {
  if (kind === "constant") return source;
  const { step, position } = weightLayouts[kind];
  const place = position(c);
  const left = Math.floor(place);
  const fraction = place - left;
  const set = (k: number) => at({ source, first: first * step + k, step });
  if (fraction === 0) return set(left);
  return combine(record, [
    [1 - fraction, set(left)],
    [fraction, set(left + 1)],
  ]);
}
