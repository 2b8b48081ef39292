/** Networks of every layer for images, with smooth activations; where a layer has kinks, what tells how near they are. */
import {
  activation,
  adaptiveAveragePool2d,
  add,
  averagePool2d,
  conv2d,
  convTranspose2d,
  dense,
  flatten,
  globalAveragePool2d,
  instanceNorm,
  type Layer,
  layerNorm,
  linear,
  localResponseNorm,
  maxPool2d,
  network,
  standardize,
} from "../../src/index.ts";

export interface ImageExample {
  readonly input: readonly [number, number, number];
  readonly layers: readonly Layer[];
  /** Signed distances of the features from the kinks of the first layer; theta moves none of them. */
  readonly kinks?: (features: readonly number[]) => number[];
}

const OUTPUTS = 3;
const classifier = [flatten(), linear(OUTPUTS)];

/** Differences of all numbers that compete under one window of a maxPool2d of 2 × 2 on 4 × 4 images. */
function competitors(features: readonly number[]): number[] {
  const distances: number[] = [];
  for (let corner = 0; corner < features.length; corner += 2) {
    if (Math.floor(corner / 4) % 2 === 1) continue;
    const window = [0, 1, 4, 5].map((k) => features[corner + k] as number);
    for (let a = 0; a < 4; a++) {
      for (let b = 0; b < a; b++) distances.push((window[a] as number) - (window[b] as number));
    }
  }
  return distances;
}

/** By the layer's name. */
export const imageExamples: Readonly<Record<string, readonly ImageExample[]>> = {
  conv2d: [
    { input: [2, 5, 4], layers: [conv2d(3, { activation: "tanh" }), ...classifier] },
    { input: [1, 5, 5], layers: [conv2d(3, { size: 2, stride: 2, bias: false }), ...classifier] },
    {
      input: [4, 4, 3],
      layers: [
        conv2d(6, { groups: 2, activation: "softplus" }),
        conv2d(6, { size: 1, groups: 3, activation: "sin" }),
        ...classifier,
      ],
    },
    {
      input: [3, 3, 3],
      layers: [
        standardize({ mean: [0, 0.5, -1], deviation: [1, 2, 0.5] }),
        add([conv2d(4, { activation: "tanh" }), conv2d(3)], []),
        add([conv2d(5, { size: 1, activation: "sigmoid" })], [conv2d(5, { size: 1 })]),
        activation("tanh"),
        ...classifier,
      ],
    },
  ],
  convTranspose2d: [
    {
      input: [4, 2, 3],
      layers: [
        convTranspose2d(6, { stride: 2, padding: 1, outputPadding: 1, groups: 2, activation: "tanh" }),
        convTranspose2d(2, { size: 2, activation: "sigmoid" }),
        ...classifier,
      ],
    },
  ],
  maxPool2d: [{ input: [2, 4, 4], layers: [maxPool2d(), ...classifier], kinks: competitors }],
  averagePool2d: [
    {
      input: [2, 5, 5],
      layers: [
        conv2d(5, { activation: "tanh" }),
        averagePool2d({ size: 3, stride: 2, padding: 1 }),
        activation("tanh"),
        ...classifier,
      ],
    },
  ],
  adaptiveAveragePool2d: [
    { input: [2, 5, 7], layers: [conv2d(3, { activation: "tanh" }), adaptiveAveragePool2d(3), ...classifier] },
  ],
  globalAveragePool2d: [
    { input: [2, 3, 4], layers: [conv2d(5, { activation: "tanh" }), globalAveragePool2d(), linear(OUTPUTS)] },
  ],
  instanceNorm: [
    {
      input: [2, 4, 3],
      layers: [
        conv2d(5, { bias: false }),
        instanceNorm(),
        activation("tanh"),
        conv2d(2),
        instanceNorm(),
        ...classifier,
      ],
    },
    {
      input: [1, 5, 5],
      layers: [conv2d(3, { size: 2 }), instanceNorm({ affine: false, epsilon: 0.1 }), ...classifier],
    },
  ],
  layerNorm: [
    {
      input: [2, 4, 3],
      layers: [conv2d(5), layerNorm(), activation("tanh"), conv2d(2), layerNorm({ affine: false }), ...classifier],
    },
    {
      input: [1, 2, 3],
      layers: [flatten(), dense(7), layerNorm(), linear(5), layerNorm({ epsilon: 0.1 }), linear(OUTPUTS)],
    },
  ],
  localResponseNorm: [
    {
      input: [2, 3, 3],
      layers: [
        conv2d(7),
        localResponseNorm({ alpha: 0.5 }),
        conv2d(3),
        localResponseNorm({ size: 3, k: 0.5 }),
        ...classifier,
      ],
    },
    {
      input: [1, 3, 4],
      layers: [conv2d(6), localResponseNorm({ size: 9, alpha: 2, beta: 0.4, k: 1, divide: true }), ...classifier],
    },
  ],
  flatten: [{ input: [3, 2, 2], layers: [flatten(), linear(OUTPUTS)] }],
};

export const networkOfExample = ({ input, layers }: ImageExample): unknown => network({ input, layers });
