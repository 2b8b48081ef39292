import { describe, expect, it } from "vitest";
import { toTfjs } from "../../src/formats.ts";
import {
  activation,
  add,
  averagePool2d,
  conv2d,
  createModel,
  dense,
  euler,
  flatten,
  globalAveragePool2d,
  type Layer,
  layerField,
  leastSquares,
  linear,
  maxPool2d,
  network,
  ode,
  standardize,
} from "../../src/index.ts";
import { deviation } from "../support/agreement.ts";
import { symmetric } from "../support/draws.ts";
import { peer } from "./peer.ts";

interface Tensor {
  dataSync(): Float32Array;
  shape: readonly number[];
}
interface Tf {
  io: { fromMemory(artifacts: object): unknown };
  loadLayersModel(source: unknown): Promise<{ predict(x: unknown): Tensor }>;
  tensor(values: Float32Array, shape: readonly number[]): unknown;
  setBackend(name: string): Promise<boolean>;
}

const image = [2, 8, 6] as const;
const networks: Readonly<
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
  pooled: { input: image, layers: [conv2d(5, { padding: "valid" }), globalAveragePool2d(), linear(2)] },
};

async function loaded() {
  return (await peer("@tensorflow/tfjs", "@tensorflow/tfjs/dist/tf.node.js").then(
    (m) => (m as { default: Tf }).default,
  )) as Tf;
}

describe("TensorFlow.js computes the model's scores to 1e-5", () => {
  it.each(Object.entries(networks))("%s", async (_, options) => {
    const tf = await loaded();
    await tf.setBackend("cpu");
    const net = network(options);
    const model = await createModel(net, { loss: leastSquares });
    model.set(symmetric(2, model.get().length, 0.7));
    const { json, weights } = toTfjs(model);
    const { modelTopology, weightsManifest } = JSON.parse(json);
    const weightSpecs = weightsManifest.flatMap(({ weights: specs }: { weights: object[] }) => specs);
    const other = await tf.loadLayersModel(
      tf.io.fromMemory({ modelTopology, weightSpecs, weightData: weights.buffer }),
    );
    const shape = typeof net.input === "number" ? [net.input] : net.input;
    const features = Float32Array.from(symmetric(3, 3 * shape.reduce((a, b) => a * b, 1)));
    const scores = other.predict(tf.tensor(features, [3, ...shape]));
    expect(deviation(scores.dataSync(), model.scores(features))).toBeLessThan(1e-5);
    model.dispose();
  });
});
