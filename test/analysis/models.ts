/** One small model for every pair of dynamics and integrator, and data that fit all of them. */

import { Random } from "../../src/core/random.ts";
import { createModel, dense, linear, network } from "../../src/index.ts";
import { pairs, surface } from "../support/families.ts";
import { layerFrom } from "../support/surface.ts";

export const WIDTH = 4;

export interface Options {
  readonly weights?: string;
  readonly steps?: number;
  readonly start?: string;
  readonly activation?: string;
  readonly bare?: boolean;
  readonly precision?: "f32" | "f64";
}

/** `dense(4)`, the steps, `linear(3)`; with `bare` the steps alone. */
export async function modelOf(kind: string, integrator: string, options: Options = {}) {
  const {
    weights = "perStep",
    steps = 8,
    start = "full",
    activation = "tanh",
    bare = false,
    precision = "f64",
  } = options;
  const ode = layerFrom(surface, {
    kind: "ode",
    dynamics: { kind, activation },
    integrator,
    steps,
    finalTime: 1,
    weights,
    start,
  } as never);
  const layers = bare ? [ode] : [dense(WIDTH), ode, linear(3)];
  const input = bare ? WIDTH : 2;
  return createModel(network({ input, layers: layers as never }), { precision, seed: 7 });
}

const random = new Random(11, 4);
export const data = { features: random.normal(10), labels: [0, 1, 2, 1, 0] };
export const example = [...random.normal(2)];
export const wide = [...random.normal(WIDTH)];

export { pairs };
