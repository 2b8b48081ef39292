// ConvNetJS, plain JavaScript: one example at a time, gradients added up over a batch.
import { createRequire } from "node:module";
import { serve, uniform } from "./protocol.mjs";

const convnetjs = createRequire(import.meta.url)("convnetjs");

/** Trains on `batch` examples and updates once; returns the last one's loss. */
function training(layers, examples, labels, { learningRate, momentum }) {
  const net = new convnetjs.Net();
  net.makeLayers(layers);
  const batch = examples.length / 2;
  const options = { method: "sgd", learning_rate: learningRate, momentum, batch_size: batch, l2_decay: 0 };
  const trainer = new convnetjs.Trainer(net, options);
  let turn = 0;
  return () => {
    const from = batch * (turn++ % 2);
    let loss = 0;
    for (let i = from; i < from + batch; i++) loss = trainer.train(examples[i], labels[i]).loss;
    return loss;
  };
}

function volumes(count, [depth, height, width], numbers) {
  const size = depth * height * width;
  return Array.from({ length: count }, (_, e) => {
    const volume = new convnetjs.Vol(width, height, depth, 0);
    for (let d = 0, k = e * size; d < depth; d++) {
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) volume.set(x, y, d, numbers[k++]);
    }
    return volume;
  });
}

function leNet({ batch, ...options }) {
  const conv = (filters, pad) => ({ type: "conv", sx: 5, filters, stride: 1, pad, activation: "relu" });
  const pool = { type: "pool", sx: 2, stride: 2 };
  const fc = (num_neurons) => ({ type: "fc", num_neurons, activation: "relu" });
  const layers = [
    { type: "input", out_sx: 28, out_sy: 28, out_depth: 1 },
    ...[conv(6, 2), pool, conv(16, 0), pool, fc(120), fc(84)],
    { type: "softmax", num_classes: 10 },
  ];
  const images = volumes(2 * batch, [1, 28, 28], uniform(2 * batch * 784, 1));
  const labels = images.map((_, i) => i % 10);
  return training(layers, images, labels, options);
}

/** It has no residual layers: as many plain ones, of the same products. */
function step({ width, layers: depth, inputs, outputs, batches, ...options }) {
  const layers = [
    { type: "input", out_sx: 1, out_sy: 1, out_depth: inputs },
    ...Array.from({ length: depth + 1 }, () => ({ type: "fc", num_neurons: width, activation: "tanh" })),
    { type: "softmax", num_classes: outputs },
  ];
  const numbers = batches.flatMap(({ features }) => features);
  const labels = batches.flatMap((batch) => batch.labels);
  return training(layers, volumes(labels.length, [inputs, 1, 1], numbers), labels, options);
}

await serve({ leNet, step });
