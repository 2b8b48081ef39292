import { describe, expect, it } from "vitest";
import { type OnnxFile, type OnnxTensor, readOnnx, writeOnnx } from "../../src/formats/onnx.ts";
import { fromOnnx, toOnnx } from "../../src/formats.ts";
import {
  add,
  averagePool2d,
  conv2d,
  convTranspose2d,
  createModel,
  dense,
  euler,
  flatten,
  globalAveragePool2d,
  type Layer,
  layerField,
  leastSquares,
  linear,
  logistic,
  maxPool2d,
  type Network,
  network,
  OdenetError,
  ode,
  residual,
  resNet,
} from "../../src/index.ts";
import { deviation } from "../support/agreement.ts";
import { symmetric } from "../support/draws.ts";
import { exportSubjects, setStatistics } from "../support/exportSubjects.ts";
import { evaluateOnnx } from "../support/onnxEvaluator.ts";

const featuresOf = ({ input }: Network, rows: number) =>
  symmetric(3, rows * (typeof input === "number" ? input : input.reduce((a, b) => a * b, 1)));

describe("what toOnnx wrote comes back as the same model", () => {
  it.each(exportSubjects)("$name", async ({ network: net }) => {
    const model = await createModel(net, { loss: leastSquares, seed: 4 });
    model.set(symmetric(2, model.get().length, 0.7));
    setStatistics(model);
    const loaded = await fromOnnx(toOnnx(model));
    expect(loaded.network).toEqual(model.network);
    expect(loaded.loss).toEqual(model.loss);
    expect(loaded.get()).toEqual(model.get());
    const features = featuresOf(net, 1);
    expect(loaded.scores(features)).toEqual(model.scores(features));
    loaded.dispose();
    model.dispose();
  });

  it("in double precision, with class names, regularizers and another loss", async () => {
    const net = resNet({ input: 2, outputs: 2, width: 3, steps: 2, classes: ["a", "b"] });
    const model = await createModel(net, { precision: "f64", seed: 1 });
    const loaded = await fromOnnx(toOnnx(model, { precision: "f64" }), { loss: leastSquares });
    expect(loaded.precision).toBe("f64");
    expect(loaded.get()).toEqual(model.get());
    expect(loaded.network.classes).toEqual(["a", "b"]);
    expect(loaded.loss.kind).toBe("leastSquares");
    for (const m of [model, loaded]) m.dispose();
  });
});

/** The file as another tool would write it: without our description. */
const anonymous = (bytes: Uint8Array): Uint8Array => writeOnnx({ ...readOnnx(bytes), metadata: new Map() }, "other");

const image = [2, 8, 6] as const;
const chains: Readonly<Record<string, { input: Network["input"]; layers: readonly Layer[] }>> = {
  "a perceptron": { input: 4, layers: [dense(5), dense(6, { activation: "relu", bias: false }), linear(3)] },
  "activations of every kind": {
    input: 3,
    layers: (["tanh", "relu", "sigmoid", "softplus", "sin"] as const).map((name) => dense(4, { activation: name })),
  },
  "time steps": { input: 4, layers: [ode(layerField(), euler, { steps: 3, finalTime: 2 }), linear(2)] },
  "residual blocks": { input: 4, layers: [residual(3), linear(2)] },
  "blocks of two paths": {
    input: 4,
    layers: [add<Layer>([dense(5), linear(4)], []), add<Layer>([dense(3)], [linear(3)]), linear(2)],
  },
  "blocks within blocks": {
    input: 4,
    layers: [add<Layer>([dense(4), add<Layer>([dense(4, { activation: "sin" })], [])], [linear(4)]), linear(2)],
  },
  "a convolutional network": {
    input: image,
    layers: [
      conv2d(4, { activation: "relu" }),
      maxPool2d(),
      conv2d(6, { groups: 2, padding: 1, stride: 2, bias: false }),
      add<Layer>([conv2d(6, { activation: "tanh" }), conv2d(6)], []),
      averagePool2d({ size: 2, stride: 1, padding: 1 }),
      flatten(),
      linear(3),
    ],
  },
  "a transposed convolution": {
    input: image,
    layers: [convTranspose2d(3, { stride: 2, padding: 1, outputPadding: 1 }), globalAveragePool2d(), linear(3)],
  },
};

describe("a graph of another tool is read as layers", () => {
  it.each(Object.entries(chains))("%s", async (_, options) => {
    const net = network(options);
    const model = await createModel(net, { precision: "f64", loss: leastSquares });
    model.set(symmetric(2, model.get().length, 0.7));
    const loaded = await fromOnnx(anonymous(toOnnx(model, { precision: "f64" })));
    expect(loaded.parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)).toBe(
      model.get().length,
    );
    const features = featuresOf(net, 3);
    expect(deviation(loaded.scores(features), model.scores(features))).toBeLessThan(1e-13);
    for (const m of [model, loaded]) m.dispose();
  });

  const tensor = (
    name: string,
    shape: readonly number[],
    values = symmetric(
      7,
      shape.reduce((a, b) => a * b, 1),
    ),
  ): OnnxTensor => ({
    name,
    shape,
    values: Float32Array.from(values),
  });
  const node = (operation: string, inputs: string[], output: string, attributes = {}) => ({
    operation,
    inputs,
    outputs: [output],
    attributes,
  });
  const file = (parts: Partial<OnnxFile>): OnnxFile => ({
    opset: 13,
    nodes: [],
    initializers: [],
    inputs: [{ name: "x", shape: ["N", 3], type: "f32" }],
    outputs: [{ name: "y", shape: ["N", 2], type: "f32" }],
    metadata: new Map(),
    ...parts,
  });

  it("products and biases apart, constants as nodes, Reshape, Dropout, normalisation and Softmax", async () => {
    const inner = file({
      inputs: [{ name: "x", shape: ["N", 2, 4, 4], type: "f32" }],
      nodes: [
        node("Conv", ["x", "w"], "c", { kernel_shape: { ints: [3, 3] }, pads: { ints: [1, 1, 1, 1] } }),
        node("BatchNormalization", ["c", "gamma", "beta", "mu", "var"], "n", { epsilon: { float: 1e-3 } }),
        node("Relu", ["n"], "r"),
        node("Reshape", ["r", "shape"], "f"),
        node("Constant", [], "m", { value: { tensor: tensor("", [48, 2]) } }),
        node("MatMul", ["f", "m"], "p"),
        node("Add", ["b", "p"], "y"),
      ],
      initializers: [
        tensor("w", [3, 2, 3, 3]),
        ...["gamma", "beta", "mu"].map((name) => tensor(name, [3])),
        tensor("var", [3], [0.5, 1, 2]),
        { name: "shape", shape: [2], values: BigInt64Array.from([-1n, 48n]) },
        tensor("b", [2], [0.5, -0.25]),
      ],
    });
    const model = await fromOnnx(
      writeOnnx(
        {
          ...inner,
          nodes: [...inner.nodes, node("Dropout", ["y"], "d"), node("Softmax", ["d"], "s")],
          outputs: [{ name: "s", shape: ["N", 2], type: "f32" }],
        },
        "g",
      ),
    );
    expect(model.network.layers.map(({ kind }) => kind)).toEqual([
      "conv2d",
      "batchNorm",
      "activation",
      "flatten",
      "linear",
    ]);
    expect(model.loss.kind).toBe("softmaxCrossEntropy");
    const features = symmetric(1, 64);
    const expected = evaluateOnnx(
      {
        ...inner,
        nodes: inner.nodes.filter(({ operation }) => operation !== "Constant"),
        initializers: [...inner.initializers, tensor("m", [48, 2])],
      },
      features,
      2,
    );
    expect(deviation(model.scores(features), expected)).toBeLessThan(1e-5);
    model.dispose();
  });

  it("the sigmoid of one score is the logistic loss", async () => {
    const model = await fromOnnx(
      writeOnnx(
        file({
          nodes: [node("Gemm", ["x", "w"], "g"), node("Sigmoid", ["g"], "y")],
          initializers: [tensor("w", [3, 1], [1, -1, 2])],
        }),
        "g",
      ),
    );
    expect(model.loss).toEqual(logistic());
    expect(Array.from(model.scores([1, 2, 3]))).toEqual([5]);
    model.dispose();
  });

  it("normalisation over an image's positions, and over neighbouring channels", async () => {
    const described = file({
      inputs: [{ name: "x", shape: ["N", 4, 3, 2], type: "f32" }],
      outputs: [{ name: "y", shape: ["N", 24], type: "f32" }],
      nodes: [
        node("InstanceNormalization", ["x", "gamma", "beta"], "n", { epsilon: { float: 0.01 } }),
        node("Flatten", ["n"], "y"),
      ],
      initializers: [tensor("gamma", [4]), tensor("beta", [4], [1, 2, 3, 4])],
    });
    const model = await fromOnnx(writeOnnx(described, "g"));
    const features = symmetric(1, 48);
    expect(deviation(model.scores(features), evaluateOnnx(described, features, 2))).toBeLessThan(1e-5);
    model.dispose();
    const attributes = { size: { int: 3 }, alpha: { float: 3 }, beta: { float: 1 }, bias: { float: 1 } };
    const lrn = await fromOnnx(
      writeOnnx({ ...described, nodes: [node("LRN", ["x"], "n", attributes), node("Flatten", ["n"], "y")] }, "g"),
    );
    // x / (1 + Σ x²), where α / size = 1: channels 1, 2, 0, 1 at every position.
    const channels = [1, 2, 0, 1];
    const scores = lrn.scores(channels.flatMap((c) => new Array<number>(6).fill(c)));
    const expected = [1 / 6, 2 / 6, 0, 1 / 2].flatMap((c) => new Array<number>(6).fill(c));
    expect(deviation(scores, expected)).toBeLessThan(1e-6);
    lrn.dispose();
  });

  const gemm = (attributes: object, shape = [3, 2]) =>
    file({ nodes: [node("Gemm", ["x", "w"], "y", attributes)], initializers: [tensor("w", shape)] });
  const refused: readonly [string, OnnxFile, RegExp][] = [
    [
      "an operation that is no layer",
      file({ nodes: [node("Erf", ["x"], "y")] }),
      /expected operations among Gemm, .+, got Erf/,
    ],
    ["a name of the language itself", file({ nodes: [node("constructor", ["x"], "y")] }), /got constructor/],
    ["no output", file({ nodes: [node("Relu", ["x"], "z")] }), /expected one output that the input leads to/],
    [
      "two inputs",
      file({ inputs: ["x", "z"].map((name) => ({ name, shape: ["N", 3], type: "f32" })) }),
      /one input, got 2/,
    ],
    [
      "an input of unknown size",
      file({ inputs: [{ name: "x", shape: ["N", "M"], type: "f32" }] }),
      /expected one output|an input of \[batch/,
    ],
    ["factors", gemm({ alpha: { float: 2 } }), /Gemm as odenet has it, got factors other than 1/],
    ["weights of another shape", gemm({}, [4, 2]), /expected a network/],
    ["weights without numbers", file({ nodes: [node("Gemm", ["x", "v"], "y")] }), /one output that the input leads to/],
    [
      "dilations",
      file({
        inputs: [{ name: "x", shape: ["N", 1, 4, 4], type: "f32" }],
        nodes: [node("Conv", ["x", "w"], "y", { dilations: { ints: [2, 2] } })],
        initializers: [tensor("w", [1, 1, 2, 2])],
      }),
      /dilations other than 1/,
    ],
    [
      "paths that cross",
      file({
        nodes: [
          node("Gemm", ["x", "w"], "a"),
          node("Tanh", ["x"], "b"),
          node("Add", ["a", "b"], "c"),
          node("Add", ["c", "b"], "y"),
        ],
        initializers: [tensor("w", [3, 3])],
      }),
      /got paths that cross/,
    ],
    [
      "a sum of sums of sums",
      file({
        nodes: Array.from({ length: 200 }, (_, k) =>
          node("Add", ["x", k === 0 ? "x" : `v${k}`], k === 199 ? "y" : `v${k + 1}`),
        ),
      }),
      /blocks at most 32 deep/,
    ],
    [
      "a file of one node too many",
      file({ nodes: Array.from({ length: 10_001 }, (_, k) => node("Relu", ["x"], `v${k}`)) }),
      /at most 10000 nodes/,
    ],
  ];
  it.each(refused)("%s is refused", async (_, described, sentence) => {
    const error = await fromOnnx(writeOnnx(described, "g")).then(
      (model) => model.dispose(),
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(OdenetError);
    expect(error).toMatchObject({ code: "file" });
    expect((error as Error).message).toMatch(/^fromOnnx: expected /);
    expect((error as Error).message).toMatch(sentence);
  });

  it.each([
    ["no bytes", new Uint8Array(0)],
    ["a text", new TextEncoder().encode("hello, world")],
    ["a length beyond the end", Uint8Array.from([0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f])],
    ["a number without an end", new Uint8Array(64).fill(0xff)],
  ])("%s: refused", async (_, bytes) => {
    await expect(fromOnnx(bytes)).rejects.toThrow(/^fromOnnx: expected an ONNX file, got /);
  });
});
