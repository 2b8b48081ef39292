/** The networks of the course: an opening layer to `width`, a block of time steps, a classifier. */
import { layerField } from "../dynamics/index.ts";
import { euler } from "../integrators/index.ts";
import { dense, linear, ode } from "../layers/index.ts";
import type { WeightsInTime } from "../layers/ode.ts";
import type { FeatureShape } from "../layers/shape.ts";
import type { ActivationName } from "../operations/activation.ts";
import { type Network, network } from "./network.ts";

export interface PresetOptions {
  input: FeatureShape;
  /** Number of scores. */
  outputs: number;
  /** Features inside the block. */
  width: number;
  /** Time steps, or layers for a plain network. */
  steps: number;
  /** T, default 1; the step is h = T / steps. */
  finalTime?: number;
  /** σ, default `"tanh"`. */
  activation?: ActivationName;
  /** Default `"perStep"`. */
  weights?: WeightsInTime;
  classes?: readonly string[];
}

function between(options: PresetOptions, block: Parameters<typeof network>[0]["layers"]): Network {
  const { input, outputs, width, activation = "tanh", classes } = options;
  const layers = [dense(width, { activation }), ...block, linear(outputs)];
  return network(classes ? { input, layers, classes } : { input, layers });
}

/** ResNet: dense(width), then `y + h σ(K_j y + b_j)` for N steps, then linear(outputs). */
export function resNet(options: PresetOptions): Network {
  const { steps, finalTime = 1, activation = "tanh", weights = "perStep" } = options;
  return between(options, [ode(layerField({ activation }), euler, { steps, finalTime, weights })]);
}

/** The plain network: dense(width), then `σ(K_j y + b_j)` for N layers, then linear(outputs). No time, no skip. */
export function plainNet(options: PresetOptions): Network {
  const { steps, width, activation = "tanh" } = options;
  return between(
    options,
    Array.from({ length: steps }, () => dense(width, { activation })),
  );
}
