/** The path y(t_0) … y(t_N) of each example through every ode layer. */
import type { Features } from "../model/examples.ts";
import type { Model } from "../model/model.ts";
import { inspectedRows, noOdeLayer } from "./inspection.ts";

export interface Paths {
  readonly layer: string;
  readonly times: readonly number[];
  /** Numbers in one example's features. */
  readonly features: number;
  /** By example: (N + 1) · n_f numbers, time after time. */
  readonly paths: Float64Array[];
}

/** `model.states`, ordered by example instead of by time, one entry an ode layer. Throws `option` without one. */
export function trajectories(model: Model, features: Features): Paths[] {
  const examples = inspectedRows(model, features, "trajectories").count;
  const states = model.states(features);
  if (states.length === 0) throw noOdeLayer("trajectories");
  return states.map(({ layer, times, values }) => {
    const width = (values[0]?.length ?? 0) / examples;
    const paths = Array.from({ length: examples }, (_, i) => {
      const path = new Float64Array(times.length * width);
      values.forEach((v, j) => {
        path.set(v.subarray(i * width, (i + 1) * width), j * width);
      });
      return path;
    });
    return { layer, times, features: width, paths };
  });
}
