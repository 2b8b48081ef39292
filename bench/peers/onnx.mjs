// onnxruntime-web on wasm, one thread: products alone, as a model of one MatMul, and convolutional networks' forward passes.
import ort from "onnxruntime-web";
import { Chain, onnxModel } from "./onnxModel.mjs";
import { serve, uniform } from "./protocol.mjs";

ort.env.wasm.numThreads = 1;

async function product({ kind, m, n, k }) {
  if (kind !== "nn") throw new Error("only nn");
  const model = onnxModel({
    nodes: [{ op: "MatMul", inputs: ["a", "b"], output: "c" }],
    inputs: [
      { name: "a", dims: [m, k] },
      { name: "b", dims: [k, n] },
    ],
    outputs: [{ name: "c", dims: [m, n] }],
  });
  const session = await ort.InferenceSession.create(model);
  const a = new ort.Tensor("float32", uniform(m * k, 1), [m, k]);
  const b = new ort.Tensor("float32", uniform(k * n, 1), [k, n]);
  return async () => {
    await session.run({ a, b });
  };
}

/** Weights of He's size, so that numbers stay ordinary. */
const draw = (dims) => {
  const [, ...inputs] = dims;
  const fan = inputs.reduce((a, b) => a * b, 1);
  const length = dims.reduce((a, b) => a * b, 1);
  return inputs.length === 0 ? new Float32Array(length) : uniform(length, Math.sqrt(6 / fan));
};

const networks = {
  leNet: () => ({
    image: [1, 28, 28],
    chain: new Chain(draw)
      .conv(6, 1, 5, { padding: 2 })
      .maxPool(2, 2)
      .conv(16, 6, 5)
      .maxPool(2, 2)
      .add("Flatten")
      .dense(120, 400)
      .add("Relu")
      .dense(84, 120)
      .add("Relu")
      .dense(10, 84),
  }),
  /** AlexNet in one tower, as torchvision's. */
  alexNet: () => ({
    image: [3, 224, 224],
    chain: new Chain(draw)
      .conv(64, 3, 11, { stride: 4, padding: 2 })
      .maxPool(3, 2)
      .conv(192, 64, 5, { padding: 2 })
      .maxPool(3, 2)
      .conv(384, 192, 3, { padding: 1 })
      .conv(256, 384, 3, { padding: 1 })
      .conv(256, 256, 3, { padding: 1 })
      .maxPool(3, 2)
      .add("Flatten")
      .dense(4096, 9216)
      .add("Relu")
      .dense(4096, 4096)
      .add("Relu")
      .dense(1000, 4096),
  }),
  /** AlexNet (Krizhevsky et al. 2012) in two groups, with local response normalisation. */
  "alexNet, grouped": () => ({
    image: [3, 227, 227],
    chain: new Chain(draw)
      .conv(96, 3, 11, { stride: 4 })
      .localResponse({ size: 5, alpha: 1e-4, beta: 0.75, k: 2 })
      .maxPool(3, 2)
      .conv(256, 96, 5, { padding: 2, groups: 2 })
      .localResponse({ size: 5, alpha: 1e-4, beta: 0.75, k: 2 })
      .maxPool(3, 2)
      .conv(384, 256, 3, { padding: 1 })
      .conv(384, 384, 3, { padding: 1, groups: 2 })
      .conv(256, 384, 3, { padding: 1, groups: 2 })
      .maxPool(3, 2)
      .add("Flatten")
      .dense(4096, 9216)
      .add("Relu")
      .dense(4096, 4096)
      .add("Relu")
      .dense(1000, 4096),
  }),
};

/** A batch through a network's forward pass, scores read. */
async function forward({ network, batch, outputs }) {
  const { image, chain } = networks[network]();
  const dims = [batch, ...image];
  const { nodes, weights, last } = chain;
  const inputs = [{ name: "x", dims }];
  const session = await ort.InferenceSession.create(
    onnxModel({ nodes, weights, inputs, outputs: [{ name: last, dims: [batch, outputs] }] }),
  );
  const length = dims.reduce((a, b) => a * b, 1);
  const x = new ort.Tensor("float32", uniform(length, 1), dims);
  return async () => (await session.run({ x }))[last].data[0];
}

await serve({ product, forward });
