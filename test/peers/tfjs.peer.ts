import { describe, expect, it } from "vitest";
import { toTfjs } from "../../src/formats.ts";
import { createModel, leastSquares, network } from "../../src/index.ts";
import { deviation } from "../support/agreement.ts";
import { symmetric } from "../support/draws.ts";
import { kerasNetworks } from "../support/kerasNetworks.ts";
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

async function loaded() {
  return (await peer("@tensorflow/tfjs", "@tensorflow/tfjs/dist/tf.node.js").then(
    (m) => (m as { default: Tf }).default,
  )) as Tf;
}

describe("TensorFlow.js computes the model's scores to 1e-5", () => {
  it.each(Object.entries(kerasNetworks))("%s", async (_, options) => {
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
