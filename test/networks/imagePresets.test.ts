import { describe, expect, it } from "vitest";
import {
  adam,
  alexNet,
  connector,
  convResNet,
  createModel,
  flatten,
  hamiltonianCnn,
  type ImagePresetOptions,
  linear,
  network,
  networkFromJSON,
  parabolicCnn,
  train,
} from "../../src/index.ts";
import { layerFacts } from "../../src/model/layerFacts.ts";
import { integers, symmetric } from "../support/draws.ts";

const cnns = { convResNet, parabolicCnn, hamiltonianCnn };
const small: ImagePresetOptions = { input: [1, 8, 8], outputs: 3, channels: [4, 6], steps: [2, 1] };
const data = { features: symmetric(1, 6 * 64), labels: integers(2, 6, 3) };

const parameters = (net: Parameters<typeof layerFacts>[0]) => layerFacts(net).reduce((sum, f) => sum + f.parameters, 0);

describe.each(Object.entries(cnns))("%s", (_, preset) => {
  it("halves the image from block to block, and ends with the mean of each channel", () => {
    const net = preset({ input: [3, 32, 32], outputs: 10 });
    const blocks = layerFacts(net).filter(({ layer }) => layer.kind === "ode");
    expect(blocks.map(({ output }) => output)).toEqual([
      [16, 32, 32],
      [32, 16, 16],
      [64, 8, 8],
    ]);
    expect(net.layers.slice(-2).map(({ kind }) => kind)).toEqual(["globalAveragePool2d", "linear"]);
    expect(networkFromJSON(JSON.stringify(net))).toEqual(net);
  });

  it.each([
    {},
    { norm: false as const },
    { norm: "layer" as const, activation: "tanh" as const, stride: 2, finalTime: 2 },
    { norm: "batch" as const },
  ])("learns, %o", async (options) => {
    const net = preset({ ...small, ...options });
    const model = await createModel(networkFromJSON(JSON.stringify(net)), { seed: 1 });
    const before = model.value(data);
    for (const _step of train(model, data, { optimizer: adam({ learningRate: 0.02 }), epochs: 20, batchSize: 6 }));
    expect(model.value(data)).toBeLessThan(0.7 * before);
    model.dispose();
  });

  it.each([
    [{ input: 64 }, "shape"],
    [{ channels: [] }, "option"],
    [{ steps: [1, 2, 3] }, "option"],
    [{ steps: 0 }, "option"],
    [{ norm: "group" }, "name"],
    [{ head: "max" }, "name"],
    [{ stepSize: 1, finalTime: 1 }, "option"],
    [{ input: [1, 1, 1] }, "shape"],
  ])("refuses %o", (options, code) => {
    expect(() => preset({ ...small, ...options } as never)).toThrow(expect.objectContaining({ code }));
  });
});

it("counts parameters as its blocks do", () => {
  const { channels: [a, b] = [] } = { channels: [4, 6] };
  const conv = (from = 0, to = 0) => 9 * from * to;
  const norms = 2 * ((a as number) + (b as number));
  const ends = conv(1, a) + norms + (a as number) * (b as number) + 3 * ((b as number) + 1);
  const field = (n = 0) => conv(n, n) + n;
  expect(parameters(convResNet(small))).toBe(ends + 2 * field(a) + field(b));
  expect(parameters(parabolicCnn({ ...small, hidden: 5 }))).toBe(ends + 2 * (conv(a, 5) + 5) + conv(b, 5) + 5);
  // Two maps between halves of the channels.
  const halves = (n = 0) => 2 * (conv(n / 2, n / 2) + n / 2);
  expect(parameters(hamiltonianCnn(small))).toBe(ends + 2 * halves(a) + halves(b));
});

it("hamiltonianCnn goes back in memory that does not grow with its steps, and refuses an odd number of channels", async () => {
  const memory = async (steps: number) => {
    const model = await createModel(hamiltonianCnn({ ...small, steps, reversible: true, activation: "tanh" }));
    model.gradient(data);
    const { features } = model.memory;
    model.dispose();
    return features;
  };
  expect(await memory(40)).toBe(await memory(4));
  expect(() => hamiltonianCnn({ ...small, channels: [4, 5] })).toThrow(/even number of channels.*got 5.*conv2d\(6/);
});

describe("alexNet", () => {
  const facts = (options: object) => layerFacts(alexNet(options));

  it("has the parameters and the shapes of its papers", () => {
    expect(parameters(alexNet())).toBe(61_100_840);
    expect(parameters(alexNet({ grouped: true }))).toBe(60_965_224);
    const images = (options: object) =>
      facts(options).flatMap(({ output }) => (Array.isArray(output) ? [output.join(" × ")] : []));
    expect([...new Set(images({}))]).toEqual([
      "64 × 55 × 55",
      "64 × 27 × 27",
      "192 × 27 × 27",
      "192 × 13 × 13",
      "384 × 13 × 13",
      "256 × 13 × 13",
      "256 × 6 × 6",
    ]);
    expect([...new Set(images({ grouped: true }))]).toEqual([
      "96 × 55 × 55",
      "96 × 27 × 27",
      "256 × 27 × 27",
      "256 × 13 × 13",
      "384 × 13 × 13",
      "256 × 6 × 6",
    ]);
    // 714 million products of the single tower's convolutions and dense layers (Krizhevsky 2014).
    const flops = facts({}).reduce((sum, f) => sum + f.flops, 0);
    expect(flops / 2).toBeGreaterThan(0.7e9);
    expect(flops / 2).toBeLessThan(0.73e9);
  });

  it("drops out before its large layers, or not at all", () => {
    const rates = (net: ReturnType<typeof alexNet>) =>
      net.layers.flatMap((layer) => (layer.kind === "dropout" ? [layer.rate] : []));
    expect(rates(alexNet())).toEqual([0.5, 0.5]);
    expect(rates(alexNet({ dropout: 0 }))).toEqual([]);
    expect(rates(alexNet({ dropout: 0.2, grouped: true, outputs: 10 }))).toEqual([0.2, 0.2]);
  });

  it.each([
    [{ grouped: "yes" }, "option"],
    [{ dropout: 1 }, "option"],
    [{ outputs: 0 }, "option"],
    [{ input: [3, 8, 8] }, "shape"],
  ])("refuses %o", (options, code) => {
    expect(() => alexNet(options as never)).toThrow(expect.objectContaining({ code }));
  });
});

describe("connector", () => {
  it("changes channels and halves the resolution", () => {
    const facts = layerFacts(network({ input: [3, 8, 6], layers: [...connector(5), flatten(), linear(2)] }));
    expect(facts[1]?.output).toEqual([5, 4, 3]);
    expect(facts.map(({ layer }) => layer.kind)).toEqual(["conv2d", "averagePool2d", "flatten", "linear"]);
  });

  it("may normalise, and keep the resolution", () => {
    const layers = connector(5, { norm: "instance", pool: 1, activation: "tanh" });
    expect(layers.map(({ kind }) => kind)).toEqual(["conv2d", "instanceNorm", "activation"]);
    expect(parameters(network({ input: [3, 8, 6], layers }))).toBe(15 + 10);
  });
});
