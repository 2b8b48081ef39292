// TensorFlow.js on its wasm or plain JavaScript backend: node tfjs.mjs wasm|cpu
import { createRequire } from "node:module";
import { serve, uniform, weights } from "./protocol.mjs";

const require = createRequire(import.meta.url);
const tf = require("@tensorflow/tfjs"); // with all gradients registered
const backend = process.argv[2] ?? "wasm";
if (backend === "wasm") require("@tensorflow/tfjs-backend-wasm");
await tf.setBackend(backend);
await tf.ready();

/** A step on tensors made beforehand; the value is read, as ours is. */
function step({ width, layers, inputs, outputs, batches, learningRate, momentum }) {
  const variable = (values, shape) => tf.variable(tf.tensor(values, shape));
  const affine = (rows, columns, seed) => ({
    w: variable(weights(rows, columns, seed), [rows, columns]),
    b: variable(new Float32Array(columns), [columns]),
  });
  const opening = affine(inputs, width, 1);
  const block = Array.from({ length: layers }, (_, j) => affine(width, width, 2 + j));
  const classifier = affine(width, outputs, 3 + layers);
  const data = batches.map(({ features, labels }) => ({
    x: tf.tensor2d(features, [labels.length, inputs]),
    y: tf.oneHot(tf.tensor1d(labels, "int32"), outputs).toFloat(),
  }));
  const apply = (a, { w, b }) => tf.fused.matMul({ a, b: w, bias: b });
  const h = tf.scalar(1 / layers);
  const optimizer = tf.train.momentum(learningRate, momentum);
  let turn = 0;
  return () =>
    tf.tidy(() => {
      const { x, y } = data[turn++ % data.length];
      const loss = () => {
        let state = apply(x, opening).tanh();
        for (const layer of block) state = state.add(apply(state, layer).tanh().mul(h));
        return tf.losses.softmaxCrossEntropy(y, apply(state, classifier));
      };
      return optimizer.minimize(loss, true).dataSync()[0];
    });
}

/** One example through the trained network's forward pass, scores read. */
function predict({ width, layers, inputs, outputs }) {
  const affine = (rows, columns, seed) => ({
    w: tf.tensor(weights(rows, columns, seed), [rows, columns]),
    b: tf.zeros([columns]),
  });
  const opening = affine(inputs, width, 1);
  const block = Array.from({ length: layers }, (_, j) => affine(width, width, 2 + j));
  const classifier = affine(width, outputs, 3 + layers);
  const apply = (a, { w, b }) => tf.fused.matMul({ a, b: w, bias: b });
  const h = tf.scalar(1 / layers);
  const example = uniform(inputs, 1);
  return () =>
    tf.tidy(() => {
      let state = apply(tf.tensor2d(example, [1, inputs]), opening).tanh();
      for (const layer of block) state = state.add(apply(state, layer).tanh().mul(h));
      return apply(state, classifier).dataSync()[0];
    });
}

function product({ kind, m, n, k }) {
  const [ta, tb] = [kind === "tn", kind === "nt"];
  const a = tf.tensor2d(uniform(m * k, 1), ta ? [k, m] : [m, k]);
  const b = tf.tensor2d(uniform(k * n, 1), tb ? [n, k] : [k, n]);
  return () => {
    tf.matMul(a, b, ta, tb).dispose();
  };
}

await serve({ step, predict, product });
