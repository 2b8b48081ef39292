// jax-js on its wasm backend, jitted.
import { serve, uniform, weights } from "./protocol.mjs";

globalThis.navigator ??= {}; // Node 20 has none
const { init, defaultDevice, jit, valueAndGrad, nn, numpy: np } = await import("@jax-js/jax");
await init("wasm");
defaultDevice("wasm");

const array = (values, shape) => np.array(values).reshape(shape);
const affine = (rows, columns, seed) => ({
  w: array(weights(rows, columns, seed), [rows, columns]),
  b: np.zeros([columns]),
});

/** Scores; takes ownership of its arguments. */
function forward({ opening, block, classifier }, x) {
  const apply = (a, { w, b }) => np.matmul(a, w).add(b);
  let state = np.tanh(apply(x, opening));
  for (const layer of block) state = state.ref.add(np.tanh(apply(state, layer)).mul(1 / block.length));
  return apply(state, classifier);
}

const network = ({ width, layers, inputs, outputs }) => ({
  opening: affine(inputs, width, 1),
  block: Array.from({ length: layers }, (_, j) => affine(width, width, 2 + j)),
  classifier: affine(width, outputs, 3 + layers),
});

/** f of two trees of parameters, entry by entry. */
const zip = (f, a, b) => {
  const pair = (p, q) => ({ w: f(p.w, q.w), b: f(p.b, q.b) });
  return {
    opening: pair(a.opening, b.opening),
    block: a.block.map((p, j) => pair(p, b.block[j])),
    classifier: pair(a.classifier, b.classifier),
  };
};

function step(request) {
  const { inputs, outputs, batches, learningRate, momentum } = request;
  const loss = (theta, x, y) => {
    const scores = forward(theta, x);
    return nn
      .logSoftmax(scores)
      .mul(y)
      .sum()
      .mul(-1 / batches[0].labels.length);
  };
  const whole = jit((theta, velocity, x, y) => {
    const [value, gradient] = valueAndGrad(loss)(refs(theta), x, y);
    const next = zip((v, g) => v.mul(momentum).add(g), velocity, gradient);
    const moved = zip((t, v) => t.sub(v.mul(learningRate)), theta, refs(next));
    return [moved, next, value];
  });
  const data = batches.map(({ features, labels }) => ({
    x: array(Float32Array.from(features), [labels.length, inputs]),
    y: array(
      Float32Array.from({ length: labels.length * outputs }, (_, i) =>
        labels[Math.floor(i / outputs)] === i % outputs ? 1 : 0,
      ),
      [labels.length, outputs],
    ),
  }));
  let theta = network(request);
  let velocity = zip((t) => np.zerosLike(t), refs(theta), theta);
  let turn = 0;
  return () => {
    const { x, y } = data[turn++ % data.length];
    const [moved, next, value] = whole(theta, velocity, x.ref, y.ref);
    theta = moved;
    velocity = next;
    return value.dataSync()[0];
  };
}

/** One more reference to every array. */
const refs = (tree) => zip((t) => t.ref, tree, tree);

function predict(request) {
  const theta = network(request);
  const scores = jit((t, x) => forward(t, x));
  const example = uniform(request.inputs, 1);
  return () => scores(refs(theta), array(example, [1, request.inputs])).dataSync()[0];
}

function product({ kind, m, n, k }) {
  const a = array(uniform(m * k, 1), kind === "tn" ? [k, m] : [m, k]);
  const b = array(uniform(k * n, 1), kind === "nt" ? [n, k] : [k, n]);
  const multiply = jit((x, y) => np.matmul(kind === "tn" ? x.transpose() : x, kind === "nt" ? y.transpose() : y));
  return () => {
    const c = multiply(a.ref, b.ref);
    const done = c.blockUntilReady?.() ?? c;
    return done.then ? done.then((r) => r.dispose()) : c.dispose();
  };
}

await serve({ step, predict, product });
