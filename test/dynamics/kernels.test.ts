/** Kernels of dynamics as a caller meets them: parameters, JSON, errors; and the course's 3 × 3 model. */
import { describe, expect, it } from "vitest";
import {
  adam,
  antisymmetric,
  basisKernel,
  conv2dKernel,
  createModel,
  doubleHamiltonian,
  euler,
  flatten,
  hamiltonian,
  implicitMidpoint,
  type Layer,
  layerField,
  leapfrog,
  leastSquares,
  linear,
  type Network,
  network,
  networkFromJSON,
  ode,
  parabolic,
  rk4,
  secondOrder,
  stabilityPenalty,
  tikhonov,
  timeSmoothness,
  train,
  verlet,
} from "../../src/index.ts";
import { expectAgreement } from "../support/agreement.ts";
import { symmetric } from "../support/draws.ts";

const S = [
  [-1, 1, 0],
  [0, -1, 1],
  [1, 0, -1],
];
const T = [
  [-1, 0, 1],
  [1, -1, 0],
  [0, 1, -1],
];
const options = { steps: 3 } as const;
const imageNet = (layer: Layer, input: readonly [number, number, number] = [4, 3, 5]): Network =>
  network({ input, layers: [layer, flatten(), linear(2)] });

const shapes = async (net: Network) => {
  const model = await createModel(net);
  const found = Object.fromEntries(model.parameters.map(({ name, shape }) => [name, [...shape]]));
  model.dispose();
  return found;
};

describe("parameters", () => {
  it("of convolutions are kernels, and one bias a channel", async () => {
    const kernel = conv2dKernel(3);
    expect(await shapes(imageNet(ode(parabolic({ kernel, hidden: 6 }), euler, options)))).toMatchObject({
      "0.K": [3, 6, 4, 3, 3],
      "0.b": [3, 6],
    });
    const halves = ode(doubleHamiltonian({ kernel: conv2dKernel(5), hidden: 3 }), verlet, {
      ...options,
      weights: "constant",
    });
    expect(await shapes(imageNet(halves))).toMatchObject({
      "0.K1": [3, 2, 5, 5],
      "0.b1": [3],
      "0.K2": [3, 2, 5, 5],
      "0.b2": [3],
    });
    const nodal = ode(hamiltonian({ kernel, bias: "scalar" }), verlet, { ...options, weights: "nodal" });
    expect(await shapes(imageNet(nodal))).toMatchObject({ "0.K": [4, 4, 4, 3, 3], "0.b": [4, 1] });
  });

  it("of a basis are its coefficients, drawn at first", async () => {
    const kernel = basisKernel([S, T]);
    const net = network({ input: 3, layers: [ode(layerField({ kernel, bias: false }), euler, options)] });
    expect(await shapes(net)).toEqual({ "0.theta": [3, 2] });
    const model = await createModel(net, { seed: 5 });
    expect(model.get("0.theta").every((x) => x !== 0)).toBe(true);
    model.dispose();
    const two = basisKernel([[[1, 2]], [3, 4]]);
    const halves = ode(doubleHamiltonian({ kernel: two, hidden: 1 }), verlet, options);
    expect(await shapes(network({ input: 4, layers: [halves] }))).toEqual({
      "0.theta1": [3, 2],
      "0.b1": [3, 1],
      "0.theta2": [3, 2],
      "0.b2": [3, 1],
    });
  });
});

describe("basisKernel", () => {
  it("is the course's K(θ): the values and the gradient of the matrix that it makes", async () => {
    const modelOf = (options: { kernel?: ReturnType<typeof basisKernel> }) => {
      const block = ode(layerField({ ...options, bias: false }), euler, {
        steps: 5,
        finalTime: 10,
        weights: "constant",
      });
      return createModel(network({ input: 3, layers: [block] }), { loss: leastSquares, precision: "f64" });
    };
    const [model, full] = [await modelOf({ kernel: basisKernel([S, T]) }), await modelOf({})];
    const data = { features: symmetric(1, 60), labels: symmetric(2, 60) };
    for (const [a, b] of [
      [1, 1],
      [0.3, 1.7],
    ] as const) {
      model.set([a, b]);
      full.set([-a - b, a, b, b, -a - b, a, a, b, -a - b]);
      const { value, gradient } = model.gradient(data);
      const other = full.gradient(data);
      expectAgreement("value", [value], [other.value], 1e-13);
      const dot = (Q: number[][]) => Q.flat().reduce((sum, q, k) => sum + q * (other.gradient[k] as number), 0);
      expectAgreement("gradient", gradient, [dot(S), dot(T)], 1e-12);
    }
    model.dispose();
    full.dispose();
  });

  it("adds its offset, and takes matrices as rows or row by row", async () => {
    const offset = [
      [0, 2, 0],
      [0, 0, 0],
      [0, 0, 0],
    ];
    const kernels = [
      basisKernel([S], { offset }),
      basisKernel([Float64Array.from(S.flat())], { offset: offset.flat() }),
    ];
    expect(kernels[0]).toEqual(kernels[1]);
    const block = ode(layerField({ kernel: kernels[0] as never, activation: "identity", bias: false }), euler, {
      steps: 1,
    });
    const model = await createModel(network({ input: 3, layers: [block] }), { precision: "f64" });
    model.set([10]);
    expect(Array.from(model.scores([1, 10, 100]))).toEqual([1 - 10 + 100 + 20, 10 - 100 + 1000, 100 + 10 - 1000]);
    model.dispose();
  });

  it("may depend on θ alone: one matrix of one number", async () => {
    const kernel = basisKernel([[[1]]]);
    const net = network({ input: 1, layers: [ode(antisymmetric({ kernel }), rk4, options), linear(2)] });
    const model = await createModel(net);
    const steps = [...train(model, { features: [1, -1], labels: [0, 1] }, { epochs: 3 })];
    expect(steps.every((s) => Number.isFinite(s.value))).toBe(true);
    model.dispose();
  });
});

describe("in training", () => {
  const kernels = [
    ["conv2d", [2, 3, 2], conv2dKernel(3)],
    ["basis", 12, basisKernel([symmetric(1, 144), symmetric(2, 144)])],
  ] as const;

  it.each(kernels)("regularizers see the sets over time, %s", async (_, input, kernel) => {
    const block = ode(secondOrder({ kernel }), leapfrog, {
      steps: 3,
      weights: "nodal",
    });
    const model = await createModel(network({ input, layers: [block, flatten(), linear(2)] }), {
      precision: "f64",
      regularizers: [timeSmoothness(0.1), tikhonov(0.01)],
    });
    const plain = await createModel(model.network, { precision: "f64" });
    const theta = symmetric(3, model.get().length);
    model.set(theta);
    plain.set(theta);
    const data = { features: symmetric(4, 24), labels: [0, 1] };
    let expected = plain.value(data) + 0.005 * theta.reduce((sum, x) => sum + x * x, 0);
    for (const { name, shape } of model.parameters.filter((p) => p.name.startsWith("0."))) {
      const values = model.get(name);
      const size = values.length / (shape[0] as number);
      for (let k = size; k < values.length; k++) {
        expected += (0.05 * ((values[k] as number) - (values[k - size] as number)) ** 2) / (1 / 3);
      }
    }
    expectAgreement("objective", [model.value(data)], [expected], 1e-13);
    model.dispose();
    plain.dispose();
  });

  it.each(kernels)("the bits are the same with threads, %s", async (_, input, kernel) => {
    const blocks = [
      ode(antisymmetric({ kernel }), implicitMidpoint, { steps: 2, checkpoint: "sqrt" }),
      ode(hamiltonian({ kernel, bias: "scalar" }), verlet, { steps: 3, reversible: true, weights: "nodal" }),
    ];
    const net = network({ input, layers: [...blocks, flatten(), linear(2)] });
    const data = { features: symmetric(5, 64 * 12), labels: Array.from({ length: 64 }, (_x, i) => i % 2) };
    const run = async (threads: number) => {
      const model = await createModel(net, { threads, seed: 2 });
      const { gradient } = model.gradient(data);
      for (const _s of train(model, data, { optimizer: adam({ learningRate: 0.01 }), epochs: 2, batchSize: 64 }));
      const theta = model.get();
      model.dispose();
      return { gradient, theta };
    };
    expect(await run(2)).toEqual(await run(1));
  });

  it("stability penalties are for square matrices", async () => {
    const net = imageNet(ode(layerField({ kernel: conv2dKernel(3) }), euler, options));
    await expect(createModel(net, { regularizers: [stabilityPenalty(0.1)] })).rejects.toMatchObject({ code: "option" });
  });
});

describe("JSON", () => {
  it.each([
    ["conv2d", [4, 3, 5], layerField({ kernel: conv2dKernel(3), norm: "instance" })],
    ["conv2d of size 1", [4, 3, 5], parabolic({ kernel: conv2dKernel(1), hidden: 2, norm: "layer" })],
    ["basis", 3, antisymmetric({ kernel: basisKernel([S, T], { offset: S }), gamma: 0.1 })],
  ] as const)("keeps %s", (_, input, dynamics) => {
    const net = network({ input, layers: [ode(dynamics, euler, options)] });
    const back = networkFromJSON(JSON.stringify(net));
    expect(back).toEqual(net);
    expect(JSON.stringify(back)).toBe(JSON.stringify(net));
  });

  const described = (dynamics: object) => ({
    input: 3,
    layers: [{ kind: "ode", integrator: "euler", steps: 2, dynamics: { kind: "layerField", ...dynamics } }],
  });

  it.each<[object, RegExp]>([
    [{ kernel: 3 }, /layers\[0\]\.dynamics: .*kernel to be conv2dKernel\(size\) or basisKernel\(matrices\), got 3/],
    [{ kernel: { kind: "fourier" } }, /layers\[0\]\.dynamics: .*got "fourier"/],
    [{ kernel: { kind: "conv2d", size: 0 } }, /layers\[0\]\.dynamics: conv2dKernel: .*got 0/],
    [
      { kernel: { kind: "basis", matrices: [[1, 2], [1]] } },
      /layers\[0\]\.dynamics: basisKernel: .*matrices of one size/,
    ],
    [{ kernel: { kind: "basis", matrices: [["1"]] } }, /finite numbers in matrix 1, got 1/],
    [{ kernel: { kind: "basis" } }, /array of matrices/],
    [{ norm: "group" }, /norm to be one of instance, layer, batch, got "group"/],
    [{ norm: "instance" }, /norm with a convolution only/],
  ])("refuses %o", (dynamics, message) => {
    expect(() => networkFromJSON(described(dynamics))).toThrow(message);
  });
});

describe("errors", () => {
  it.each<[string, () => unknown, string, RegExp]>([
    [
      "a factory not called",
      () => layerField({ kernel: conv2dKernel as never }),
      "name",
      /function conv2dKernel\. Call/,
    ],
    ["no matrices", () => basisKernel([]), "option", /expected an array of matrices, got none/],
    ["ragged rows", () => basisKernel([[[1, 2], [3]]]), "option", /matrix 1 as rows of equal length/],
    ["NaN", () => basisKernel([[[Number.NaN]]]), "value", /finite numbers in matrix 1, got NaN/],
    ["an offset of another size", () => basisKernel([[1]], { offset: [1, 2] }), "option", /1 numbers.*and 2 in offset/],
    [
      "matrices of another size than the features",
      () => network({ input: 4, layers: [ode(layerField({ kernel: basisKernel([S]) }), euler, options)] }),
      "shape",
      /layer 0 \(ode\): expected matrices of 4 × 4 for basisKernel, got 9 numbers/,
    ],
    [
      "vectors for a convolution",
      () => network({ input: 4, layers: [ode(layerField({ kernel: conv2dKernel() }), euler, options)] }),
      "shape",
      /layer 0 \(ode\): expected an image \[channels, height, width\], got 4 features/,
    ],
    [
      "an odd number of channels",
      () => imageNet(ode(doubleHamiltonian({ kernel: conv2dKernel() }), verlet, options), [3, 4, 4]),
      "shape",
      /even number of channels for doubleHamiltonian, got 3\. Put conv2d\(4, \{ size: 1 \}\)/,
    ],
    [
      "a large image for linear systems",
      () => imageNet(ode(parabolic({ kernel: conv2dKernel() }), implicitMidpoint, options), [4, 28, 28]),
      "pair",
      /at most 1024 features for implicitMidpoint with convolutions.*got 3136/,
    ],
    [
      "a norm in a linear system",
      () => imageNet(ode(layerField({ kernel: conv2dKernel(), norm: "layer" }), implicitMidpoint, options)),
      "pair",
      /no norm with implicitMidpoint/,
    ],
    [
      "images of one position",
      () => imageNet(ode(layerField({ kernel: conv2dKernel(), norm: "instance" }), euler, options), [4, 1, 1]),
      "shape",
      /more than one position for norm "instance"/,
    ],
  ])("%s", (_, make, code, message) => {
    expect(make).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});
