import { describe, expect, it } from "vitest";
import { fromTfjs, toTfjs } from "../../src/formats.ts";
import {
  basisKernel,
  batchNorm,
  conv2d,
  conv2dKernel,
  createModel,
  dense,
  dropout,
  euler,
  flatten,
  hamiltonianNet,
  layerField,
  leastSquares,
  linear,
  maxPool2d,
  network,
  OdenetError,
  ode,
} from "../../src/index.ts";
import { deviation } from "../support/agreement.ts";
import { symmetric } from "../support/draws.ts";
import { kerasNetworks } from "../support/kerasNetworks.ts";

// That TensorFlow.js reads these files as they are meant is shown in test/peers/tfjs.peer.ts.

const positive = (n: number) => symmetric(5, n).map((x) => 1.5 + x);

describe("what toTfjs wrote comes back as the same model", () => {
  it.each(Object.entries(kerasNetworks))("%s", async (_, options) => {
    const model = await createModel(network(options), { loss: leastSquares });
    model.set(symmetric(2, model.get().length, 0.7));
    for (const { name, shape } of model.statistics) model.set(name, positive(shape[0] as number));
    const loaded = await fromTfjs(toTfjs(model));
    expect(loaded.network).toEqual(model.network);
    const size = typeof options.input === "number" ? options.input : options.input.reduce((a, b) => a * b, 1);
    const features = symmetric(3, 2 * size);
    expect(loaded.scores(features)).toEqual(model.scores(features));
    for (const m of [model, loaded]) m.dispose();
  });
});

describe("a file of another tool", () => {
  it("has batch norms that go on learning, and dropout", async () => {
    const net = network({
      input: 4,
      layers: [
        dense(5),
        batchNorm({ epsilon: 1e-3, momentum: 0.25 }),
        dropout(0.5),
        batchNorm({ affine: false }),
        linear(2),
      ],
    });
    const model = await createModel(net);
    model.set(symmetric(2, model.get().length, 0.7));
    for (const { name, shape } of model.statistics) model.set(name, positive(shape[0] as number));
    const { json, weights } = toTfjs(model);
    const { userDefinedMetadata: _, ...foreign } = JSON.parse(json);
    const loaded = await fromTfjs({ json: foreign, weights });
    expect(loaded.network.layers.map(({ kind }) => kind)).toEqual(net.layers.map(({ kind }) => kind));
    expect(loaded.network.layers[1]).toEqual(net.layers[1]);
    for (const { name } of [...model.parameters, ...model.statistics])
      expect(loaded.get(name)).toEqual(model.get(name));
    const x = symmetric(3, 12);
    expect(loaded.scores(x)).toEqual(model.scores(x));
  });

  /** A sequential model with channels last, as Keras makes them. */
  const keras = (layers: readonly object[], weights: Record<string, readonly number[]>, numbers: Float32Array) => ({
    json: JSON.stringify({
      format: "layers-model",
      modelTopology: { class_name: "Sequential", config: { name: "s", layers } },
      weightsManifest: [
        {
          paths: ["w.bin"],
          weights: Object.entries(weights).map(([name, shape]) => ({ name, shape, dtype: "float32" })),
        },
      ],
    }),
    weights: new Uint8Array(numbers.buffer),
  });

  it("with channels last gives the same scores with channels first", async () => {
    const [C, H, W] = [2, 6, 4] as const;
    const net = network({
      input: [C, H, W],
      layers: [conv2d(3, { activation: "relu" }), maxPool2d(), flatten(), dense(4), linear(2)],
    });
    const model = await createModel(net, { loss: leastSquares });
    model.set(symmetric(2, model.get().length, 0.7));
    const kernel = model.get("0.K"); // [3, 2, 3, 3] → [3, 3, 2, 3]
    const conv = Array.from({ length: 54 }, (_, i) => {
      const [f, c, s, r] = [i % 3, Math.floor(i / 3) % 2, Math.floor(i / 6) % 3, Math.floor(i / 18)];
      return kernel[((f * 2 + c) * 3 + r) * 3 + s] as number;
    });
    const K = model.get("3.K"); // [4, (3, 3, 2)] → [(3, 2, 3), 4]
    const first = Array.from({ length: 72 }, (_, i) => {
      const [u, c, x, y] = [i % 4, Math.floor(i / 4) % 3, Math.floor(i / 12) % 2, Math.floor(i / 24)];
      return K[u * 18 + (c * 3 + y) * 2 + x] as number;
    });
    const out = model.get("4.W");
    const last = Array.from({ length: 8 }, (_, i) => out[(i % 2) * 4 + Math.floor(i / 2)] as number);
    const numbers = Float32Array.from([
      ...conv,
      ...model.get("0.b"),
      ...first,
      ...model.get("3.b"),
      ...last,
      ...model.get("4.b"),
    ]);
    const windows = { data_format: "channels_last", strides: [1, 1] };
    const source = keras(
      [
        {
          class_name: "Conv2D",
          config: {
            name: "c",
            batch_input_shape: [null, H, W, C],
            filters: 3,
            kernel_size: [3, 3],
            padding: "same",
            activation: "relu",
            use_bias: true,
            ...windows,
          },
        },
        {
          class_name: "MaxPooling2D",
          config: { name: "m", pool_size: [2, 2], ...windows, strides: [2, 2], padding: "valid" },
        },
        { class_name: "Flatten", config: { name: "f" } },
        { class_name: "Dense", config: { name: "d", units: 4, activation: "tanh" } },
        { class_name: "Dense", config: { name: "e", units: 2, activation: "softmax" } },
      ],
      {
        "c/kernel": [3, 3, C, 3],
        "c/bias": [3],
        "d/kernel": [18, 4],
        "d/bias": [4],
        "e/kernel": [4, 2],
        "e/bias": [2],
      },
      numbers,
    );
    const loaded = await fromTfjs(source);
    expect(loaded.network.input).toEqual([C, H, W]);
    expect(loaded.loss.kind).toBe("softmaxCrossEntropy");
    const features = symmetric(5, 3 * C * H * W);
    expect(deviation(loaded.scores(features), model.scores(features))).toBeLessThan(1e-6);
    for (const m of [model, loaded]) m.dispose();
  });

  const dense1 = { class_name: "Dense", config: { name: "d", batch_input_shape: [null, 2], units: 1 } };
  const two = Float32Array.of(1, 2);
  const cases: readonly [string, { json: string | object; weights: Uint8Array }, RegExp][] = [
    ["no JSON", { json: "{", weights: new Uint8Array(0) }, /model\.json in JSON/],
    [
      "another kind of model",
      { json: { modelTopology: { node: [] }, weightsManifest: [] }, weights: new Uint8Array(0) },
      /a Sequential or functional model/,
    ],
    [
      "weights that are cut short",
      keras([dense1], { "d/kernel": [2, 1] }, Float32Array.of(1)),
      /weights of 8 bytes or more, got 4/,
    ],
    [
      "weights that are too long",
      keras([dense1], { "d/kernel": [2, 1] }, Float32Array.of(1, 2, 3)),
      /weights of 8 bytes, got 12/,
    ],
    ["weights that are missing", keras([dense1], { "e/kernel": [2, 1] }, two), /the weights d\/kernel/],
    [
      "a layer that odenet does not have",
      keras([{ ...dense1, class_name: "LSTM" }], { "d/kernel": [2, 1] }, two),
      /expected layers among .+, got LSTM/,
    ],
    [
      "an activation that odenet does not have",
      keras([{ ...dense1, config: { ...dense1.config, activation: "selu" } }], { "d/kernel": [2, 1] }, two),
      /got selu/,
    ],
    [
      "a shape beyond all memory",
      keras([dense1], { "d/kernel": [2 ** 52, 2 ** 52] }, two),
      /weights of .+ bytes or more/,
    ],
  ];
  it.each(cases)("with %s is refused", async (_, source, sentence) => {
    const error = await fromTfjs(source).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(OdenetError);
    expect(error.code).toBe("file");
    expect(error.message).toMatch(sentence);
  });

  it("what TensorFlow.js does not have is not written", async () => {
    const model = await createModel(hamiltonianNet({ input: 2, outputs: 2, width: 4, steps: 2 }));
    expect(() => toTfjs(model)).toThrow(
      /^toTfjs: expected layers that TensorFlow\.js has, got hamiltonian with verlet in layer 1/,
    );
    model.dispose();
    for (const [input, kernel] of [
      [[2, 3, 2], conv2dKernel(3)],
      [2, basisKernel([[0, 1, -1, 0]])],
    ] as const) {
      const steps = await createModel(network({ input, layers: [ode(layerField({ kernel }), euler, { steps: 2 })] }));
      expect(() => toTfjs(steps)).toThrow(`got layerField with a ${kernel.kind} kernel in layer 0`);
      steps.dispose();
    }
  });
});
