// TensorFlow.js on its wasm or plain JavaScript backend: node tfjs.mjs wasm|cpu
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { serve, uniform, weights } from "./protocol.mjs";

const require = createRequire(import.meta.url);
const tf = require("@tensorflow/tfjs"); // with all gradients registered
const backend = process.argv[2] ?? "wasm";
if (backend === "wasm") require("@tensorflow/tfjs-backend-wasm");
await tf.setBackend(backend);
await tf.ready();

/** Affine layers as variables. */
function variables(rows, columns, seed) {
  const variable = (values, shape) => tf.variable(tf.tensor(values, shape));
  return {
    w: variable(weights(rows, columns, seed), [rows, columns]),
    b: variable(new Float32Array(columns), [columns]),
  };
}

const apply = (a, { w, b }, transposeB = false) => tf.fused.matMul({ a, b: w, bias: b, transposeB });

/** The time steps of a block, h = 1 / layers, as a function of the opening layer's features. */
const blocks = {
  /** `y + h σ(K y + b)`. */
  resNet(layers) {
    const h = tf.scalar(1 / layers.length);
    return (y) => {
      for (const layer of layers) y = y.add(apply(y, layer).tanh().mul(h));
      return y;
    };
  },
  /** Verlet: `z − h σ(Kᵀ y + b)`, then `y + h σ(K z + b)` with the new z, z = 0 at first. */
  hamiltonian(layers) {
    const h = tf.scalar(1 / layers.length);
    return (y) => {
      let z;
      for (const layer of layers) {
        const force = apply(y, layer, true).tanh().mul(h);
        z = z ? z.sub(force) : force.neg();
        y = y.add(apply(z, layer).tanh().mul(h));
      }
      return y;
    };
  },
  /** The classical Runge–Kutta method for `σ(K y + b)`, the same K and b in all four stages. */
  rk4(layers) {
    const [half, h, sixth] = [1 / 2, 1, 1 / 6].map((c) => tf.scalar(c / layers.length));
    const two = tf.scalar(2);
    return (y) => {
      for (const layer of layers) {
        const field = (state) => apply(state, layer).tanh();
        const k1 = field(y);
        const k2 = field(y.add(k1.mul(half)));
        const k3 = field(y.add(k2.mul(half)));
        const k4 = field(y.add(k3.mul(h)));
        y = y.add(k1.add(k2.add(k3).mul(two)).add(k4).mul(sixth));
      }
      return y;
    };
  },
};

/** A step on tensors made beforehand; the value is read, as ours is. */
function step({ network = "resNet", width, layers, inputs, outputs, batches, learningRate, momentum }) {
  const opening = variables(inputs, width, 1);
  const block = blocks[network](Array.from({ length: layers }, (_, j) => variables(width, width, 2 + j)));
  const classifier = variables(width, outputs, 3 + layers);
  const data = batches.map(({ features, labels }) => ({
    x: tf.tensor2d(features, [labels.length, inputs]),
    y: tf.oneHot(tf.tensor1d(labels, "int32"), outputs).toFloat(),
  }));
  const optimizer = tf.train.momentum(learningRate, momentum);
  let turn = 0;
  return () =>
    tf.tidy(() => {
      const { x, y } = data[turn++ % data.length];
      const loss = () => {
        const state = block(apply(x, opening).tanh());
        return tf.losses.softmaxCrossEntropy(y, apply(state, classifier));
      };
      return optimizer.minimize(loss, true).dataSync()[0];
    });
}

/** A part of an epoch on handwritten digits with Adam: batches are tensors beforehand, every value is read. */
function digits({ images, labels, inputs, width, layers, outputs, batch, steps, learningRate }) {
  const opening = variables(inputs, width, 1);
  const block = blocks.resNet(Array.from({ length: layers }, (_, j) => variables(width, width, 2 + j)));
  const classifier = variables(width, outputs, 3 + layers);
  const [pixels, classes] = [readFileSync(images).subarray(16), readFileSync(labels).subarray(8)];
  const data = Array.from({ length: steps }, (_, i) => ({
    x: tf.tensor2d(
      Float32Array.from(pixels.subarray(i * batch * inputs, (i + 1) * batch * inputs), (p) => p / 255),
      [batch, inputs],
    ),
    y: tf.oneHot(tf.tensor1d([...classes.subarray(i * batch, (i + 1) * batch)], "int32"), outputs).toFloat(),
  }));
  const optimizer = tf.train.adam(learningRate);
  return () => {
    let last = 0;
    for (const { x, y } of data) {
      last = tf.tidy(() => {
        const loss = () => tf.losses.softmaxCrossEntropy(y, apply(block(apply(x, opening).tanh()), classifier));
        return optimizer.minimize(loss, true).dataSync()[0];
      });
    }
    return last;
  };
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
  const h = tf.scalar(1 / layers);
  const example = uniform(inputs, 1);
  return () =>
    tf.tidy(() => {
      let state = apply(tf.tensor2d(example, [1, inputs]), opening).tanh();
      for (const layer of block) state = state.add(apply(state, layer).tanh().mul(h));
      return apply(state, classifier).dataSync()[0];
    });
}

/** LeNet-5 on two batches of noise, labels in turn: one training step. */
function leNet({ batch, learningRate, momentum }) {
  const conv = (filters, padding) => tf.layers.conv2d({ filters, kernelSize: 5, padding, activation: "relu" });
  const dense = (units, activation) => tf.layers.dense({ units, activation });
  const net = tf.sequential({
    layers: [
      tf.layers.inputLayer({ inputShape: [28, 28, 1] }),
      ...[conv(6, "same"), tf.layers.maxPooling2d({ poolSize: 2 }), conv(16, "valid")],
      ...[tf.layers.maxPooling2d({ poolSize: 2 }), tf.layers.flatten()],
      ...[dense(120, "relu"), dense(84, "relu"), dense(10, "linear")],
    ],
  });
  const optimizer = tf.train.momentum(learningRate, momentum);
  const images = tf.tensor(uniform(2 * batch * 784, 1), [2, batch, 28, 28, 1]).unstack();
  const labels = tf.oneHot(
    tf.tensor2d(
      Array.from({ length: 2 * batch }, (_, i) => i % 10),
      [2, batch],
      "int32",
    ),
    10,
  );
  const targets = labels.toFloat().unstack();
  let turn = 0;
  return () =>
    tf.tidy(() => {
      const [x, y] = [images[turn % 2], targets[turn++ % 2]];
      return optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, net.apply(x)), true).dataSync()[0];
    });
}

/** Two blocks of `y − h Kᵀ relu(N(K y) + b)`, N the instance norm, on two batches of noise: one training step. */
function fashion({ batch, learningRate, momentum }) {
  const kernel = (size, inputs, outputs, seed) => {
    const shape = [size, size, inputs, outputs];
    return tf.variable(
      tf.tensor(uniform(size * size * inputs * outputs, Math.sqrt(6 / (inputs * size * size)), seed), shape),
    );
  };
  const norm = (y) => {
    const { mean, variance } = tf.moments(y, [1, 2], true);
    return y.sub(mean).mul(variance.add(1e-5).rsqrt());
  };
  const affine = (width) => ({ scale: tf.variable(tf.ones([width])), shift: tf.variable(tf.zeros([width])) });
  const block = (count, width, seed) =>
    Array.from({ length: count }, (_, j) => ({
      k: kernel(3, width, width, seed + j),
      b: tf.variable(tf.zeros([width])),
    }));
  const steps = (y, layers) => {
    for (const { k, b } of layers) {
      const force = norm(tf.conv2d(y, k, 1, "same"))
        .add(b)
        .relu();
      y = y.sub(tf.conv2dTranspose(force, k, y.shape, 1, "same").mul(1 / layers.length));
    }
    return y;
  };
  const opened = (y, { scale, shift }) => norm(y).mul(scale).add(shift).relu();
  const [opening, connector] = [kernel(3, 1, 16, 1), kernel(1, 16, 32, 2)];
  const [first, second] = [affine(16), affine(32)];
  const blocks = [block(1, 16, 3), block(2, 32, 4)];
  const classifier = variables(1568, 10, 6);
  const optimizer = tf.train.momentum(learningRate, momentum);
  const images = tf.tensor(uniform(2 * batch * 784, 1), [2, batch, 28, 28, 1]).unstack();
  const classes = Array.from({ length: 2 * batch }, (_, i) => i % 10);
  const targets = tf
    .oneHot(tf.tensor2d(classes, [2, batch], "int32"), 10)
    .toFloat()
    .unstack();
  const scores = (x) => {
    const y = steps(opened(tf.conv2d(x, opening, 2, "same"), first), blocks[0]);
    const z = steps(tf.avgPool(opened(tf.conv2d(y, connector, 1, "same"), second), 2, 2, "valid"), blocks[1]);
    return apply(z.reshape([batch, 1568]), classifier);
  };
  let turn = 0;
  return () =>
    tf.tidy(() => {
      const [x, y] = [images[turn % 2], targets[turn++ % 2]];
      return optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, scores(x)), true).dataSync()[0];
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

await serve({ step, digits, leNet, fashion, predict, product });
