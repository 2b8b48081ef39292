import {
  activation,
  add,
  averagePool2d,
  batchNorm,
  conv2d,
  dense,
  dropout,
  euler,
  flatten,
  globalAveragePool2d,
  type Layer,
  layerField,
  linear,
  maxPool2d,
  ode,
  standardize,
} from "../../src/index.ts";

const image = [2, 8, 6] as const;

/** Networks that TensorFlow.js has all layers for. */
export const kerasNetworks: Readonly<
  Record<string, { input: number | readonly [number, number, number]; layers: readonly Layer[] }>
> = {
  perceptron: {
    input: 4,
    layers: [
      standardize({ mean: [0.5, -1, 0, 2], deviation: [2, 0.5, 1, 3] }),
      dense(5, { scale: 0.3 }),
      dense(6, { activation: "softplus", bias: false }),
      activation("sigmoid"),
      linear(3),
    ],
  },
  residual: {
    input: 4,
    layers: [
      ode(layerField(), euler, { steps: 3, finalTime: 2 }),
      ode(layerField({ activation: "relu" }), euler, { steps: 2, weights: "constant" }),
      ode(layerField({ bias: false }), euler, { steps: 2, weights: "nodal" }),
      add<Layer>([dense(3)], [linear(3)]),
    ],
  },
  convolutional: {
    input: image,
    layers: [
      standardize({ mean: [0.1, 0.2], deviation: [2, 3] }),
      conv2d(4, { activation: "tanh" }),
      maxPool2d(),
      conv2d(3, { size: 2, stride: 2 }),
      add<Layer>([conv2d(3, { activation: "relu" })], []),
      averagePool2d({ size: 2, stride: 1, padding: 1 }),
      flatten(),
      linear(3),
    ],
  },
  normalised: {
    input: image,
    layers: [
      conv2d(4),
      batchNorm(),
      dropout(0.2),
      add<Layer>([batchNorm({ affine: false, momentum: 0.2 })], []),
      flatten(),
      batchNorm({ epsilon: 1e-3 }),
      linear(3),
    ],
  },
  pooled: { input: image, layers: [conv2d(5, { padding: "valid" }), globalAveragePool2d(), linear(2)] },
};
