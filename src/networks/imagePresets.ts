/** Networks for images. */
import { averagePool2d, conv2d, dense, flatten, linear, maxPool2d } from "../layers/index.ts";
import { checkName, type FeatureShape } from "../layers/shape.ts";
import type { ActivationName } from "../operations/activation.ts";
import { type Network, network } from "./network.ts";

export interface LeNetOptions {
  /** `[channels, height, width]`, default `[1, 28, 28]`. */
  input?: FeatureShape;
  /** Number of scores, default 10. */
  outputs?: number;
  /** σ, default `"relu"`; the original's is `"tanh"`. */
  activation?: ActivationName;
  /** Default `"max"`; the original's is `"average"`. */
  pooling?: "max" | "average";
  classes?: readonly string[];
}

/**
 * LeNet-5 (LeCun et al. 1998): two 5 × 5 convolutions with 6 and 16 channels, each followed by pooling, then 120, 84 and
 * `outputs` units. 61,706 parameters for images of 28 × 28, which the first convolution pads to 32 × 32.
 */
export function leNet(options: LeNetOptions = {}): Network {
  const { input = [1, 28, 28], outputs = 10, activation = "relu", pooling = "max", classes } = options;
  checkName(pooling, ["max", "average"], "leNet", "pooling");
  const pool = pooling === "max" ? maxPool2d : averagePool2d;
  const layers = [
    conv2d(6, { size: 5, activation }),
    pool(),
    conv2d(16, { size: 5, padding: "valid", activation }),
    pool(),
    flatten(),
    dense(120, { activation }),
    dense(84, { activation }),
    linear(outputs),
  ];
  return network(classes ? { input, layers, classes } : { input, layers });
}
