/** An ode layer laid out for its input, and the two forms of its features: rows of channels for images, or one row an example. */
import type { CallRecorder, Tensor } from "../core/recording/tensor.ts";
import type { DynamicsKind } from "../dynamics/dynamics.ts";
import type { Dynamics } from "../dynamics/index.ts";
import type { MapShape, Space } from "../dynamics/kernels/kernel.ts";
import type { Integrator } from "../integrators/integrator.ts";
import { toFeatures } from "../operations/images.ts";
import { area } from "../operations/windows.ts";
import type { Ode } from "./ode.ts";
import type { Stage } from "./stageStatistics.ts";

/** What all recordings of the layer share. */
export interface OdePlan {
  readonly layer: Ode;
  readonly integrator: Integrator;
  readonly name: string;
  readonly space: Space;
  readonly maps: readonly MapShape[];
  readonly letters: readonly string[];
  readonly rules: DynamicsKind<Dynamics>;
  /** Of a norm over the batch; none otherwise. */
  readonly stages: readonly Stage[];
}

/** Rows of y that one example has. */
export const positionsOf = ({ image }: Space): number => (image ? area(image) : 1);

/** One row an example, in the API's order of features. */
export function asFeatures(record: CallRecorder, y: Tensor, { space }: OdePlan): Tensor {
  return space.image ? toFeatures(record, y, positionsOf(space)) : y;
}
