/** AlexNet (Krizhevsky, Sutskever & Hinton 2012), as one tower (Krizhevsky 2014) or as the original's two groups. */
import {
  adaptiveAveragePool2d,
  conv2d,
  dense,
  dropout as dropoutLayer,
  flatten,
  type Layer,
  linear,
  localResponseNorm,
  maxPool2d,
} from "../layers/index.ts";
import { checkBoolean, type FeatureShape } from "../layers/shape.ts";
import { type Network, network } from "./network.ts";

export interface AlexNetOptions {
  /** `[channels, height, width]`, default `[3, 224, 224]`, grouped `[3, 227, 227]`. */
  input?: FeatureShape;
  /** Number of scores, default 1000. */
  outputs?: number;
  /** Whether channels stand in two groups, with local response normalisation, as in 2012; default false. */
  grouped?: boolean;
  /** Rate of the dropout before the two large dense layers, default 0.5; 0 leaves it out. */
  dropout?: number;
  classes?: readonly string[];
}

const activation = "relu";
const pool = () => maxPool2d({ size: 3, stride: 2 });

/** Five convolutions of the original: 55 × 55 × 96 to 13 × 13 × 256 for images of 227 × 227. */
const grouped = (): Layer[] => [
  conv2d(96, { size: 11, stride: 4, padding: "valid", activation }),
  localResponseNorm(),
  pool(),
  conv2d(256, { size: 5, groups: 2, activation }),
  localResponseNorm(),
  pool(),
  conv2d(384, { activation }),
  conv2d(384, { groups: 2, activation }),
  conv2d(256, { groups: 2, activation }),
  pool(),
];

/** The same in one tower, with fewer channels in the first two. */
const single = (): Layer[] => [
  conv2d(64, { size: 11, stride: 4, padding: 2, activation }),
  pool(),
  conv2d(192, { size: 5, activation }),
  pool(),
  conv2d(384, { activation }),
  conv2d(256, { activation }),
  conv2d(256, { activation }),
  pool(),
  adaptiveAveragePool2d(6),
];

/**
 * AlexNet: five convolutions, then 4096, 4096 and `outputs` units. 61,100,840 parameters for 3 × 224 × 224 and 1000
 * outputs, the layers of torchvision's; grouped 60,965,224 for 3 × 227 × 227.
 */
export function alexNet(options: AlexNetOptions = {}): Network {
  const { grouped: inGroups = false, outputs = 1000, dropout = 0.5, classes } = options;
  checkBoolean(inGroups, "alexNet", "grouped");
  const { input = inGroups ? ([3, 227, 227] as const) : ([3, 224, 224] as const) } = options;
  const dropped = () => (dropout === 0 ? [] : [dropoutLayer(dropout)]);
  const layers = [
    ...(inGroups ? grouped() : single()),
    flatten(),
    ...dropped(),
    dense(4096, { activation }),
    ...dropped(),
    dense(4096, { activation }),
    linear(outputs),
  ];
  return network(classes ? { input, layers, classes } : { input, layers });
}
