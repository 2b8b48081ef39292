import { describe, expect, it } from "vitest";
import {
  adaptiveAveragePool2d,
  add,
  averagePool2d,
  conv2d,
  convTranspose2d,
  createModel,
  dense,
  flatten,
  globalAveragePool2d,
  imagePresets,
  type Layer,
  linear,
  maxPool2d,
  modelFromBytes,
  network,
  networkFromJSON,
  type OdenetError,
  standardize,
} from "../../src/index.ts";
import { symmetric } from "../support/draws.ts";
import { type ImageExample, imageExamples } from "../support/imageExamples.ts";

const examples = Object.entries(imageExamples).flatMap(([kind, list]) =>
  list.map((example, i) => [`${kind} ${i + 1}`, example] as const),
);

const build = ({ input, layers }: ImageExample) => network({ input, layers });
const size = ({ input }: ImageExample) => input.reduce((a, b) => a * b);

describe.each(examples)("%s", (_, example) => {
  it("survives JSON and a file", async () => {
    const net = build(example);
    expect(networkFromJSON(JSON.stringify(net))).toEqual(net);
    const model = await createModel(net, { seed: 3 });
    const features = symmetric(1, 2 * size(example));
    const loaded = await modelFromBytes(model.toBytes());
    expect(loaded.scores(features)).toEqual(model.scores(features));
    loaded.dispose();
    model.dispose();
  });

  it.each(["f32", "f64"] as const)("an example's scores do not depend on its neighbours, %s", async (precision) => {
    const model = await createModel(build(example), { seed: 3, precision });
    const n = 37;
    const features = symmetric(1, n * size(example));
    const together = Array.from(model.scores(features));
    const alone = Array.from({ length: n }, (_, i) => {
      return Array.from(model.scores(features.slice(i * size(example), (i + 1) * size(example))));
    });
    expect(alone.flat()).toEqual(together);
    model.dispose();
  });
});

const apart = examples.filter(([, { joins }]) => !joins);

describe.each(apart)("%s", (_, example) => {
  it("the gradient of a batch is the mean of its examples' gradients", async () => {
    const model = await createModel(build(example), { seed: 3, precision: "f64" });
    const n = 33; // two shards
    const features = symmetric(1, n * size(example));
    const labels = Array.from({ length: n }, (_, i) => i % 3);
    const { gradient } = model.gradient({ features, labels });
    const mean = new Float64Array(gradient.length);
    for (let i = 0; i < n; i++) {
      const one = { features: features.slice(i * size(example), (i + 1) * size(example)), labels: [i % 3] };
      model.gradient(one).gradient.forEach((g, k) => {
        mean[k] = (mean[k] as number) + g / n;
      });
    }
    const largest = Math.max(...mean.map(Math.abs));
    gradient.forEach((g, k) => {
      expect(Math.abs(g - (mean[k] as number))).toBeLessThanOrEqual(1e-13 * largest);
    });
    model.dispose();
  });
});

it("an input image serves as plain features, one that a layer made does not", () => {
  const input = [1, 4, 4] as const;
  expect(() => network({ input, layers: [dense(5), linear(2)] })).not.toThrow();
  expect(() => network({ input, layers: [add([dense(16)]), linear(2)] })).not.toThrow();
  for (const layers of [
    [conv2d(2), linear(2)],
    [add([conv2d(1)]), dense(2)],
    [conv2d(2), add([dense(32)])],
  ]) {
    expect(() => network({ input, layers })).toThrow(/expected plain features, got an image of .*flatten\(\)/);
  }
});

const failing: readonly [name: string, input: number | readonly [number, number, number], Layer[], RegExp][] = [
  ["features", 8, [conv2d(2)], /layer 0 \(conv2d\): expected an image .*got 8 features.*\[channels, height, width\]/],
  ["flattened", [1, 4, 4], [flatten(), maxPool2d()], /layer 1 \(maxPool2d\): expected an image/],
  ["smaller than the kernel", [1, 4, 4], [conv2d(2, { size: 5, padding: "valid" })], /at least 5 × 5.*got 4 × 4/],
  ["pooled away", [1, 4, 4], [maxPool2d(), maxPool2d(), averagePool2d()], /layer 2 .*got 1 × 1/],
  ["groups", [3, 4, 4], [conv2d(4, { groups: 2 })], /channels of the input to be a multiple of groups = 2, got 3/],
  [
    "groups behind",
    [4, 4, 4],
    [conv2d(3, { groups: 2 })],
    /channels of the layer to be a multiple of groups = 2, got 3/,
  ],
  ["no output", [1, 1, 1], [convTranspose2d(1, { size: 1, padding: 1 })], /output of at least 1 × 1/],
  ["a shortcut of other size", [1, 4, 4], [add([conv2d(1, { stride: 2 })])], /1 × 2 × 2 and an image of 1 × 4 × 4/],
  ["the wrong number of means", [3, 2, 2], [standardize({ mean: [1, 2], deviation: [1, 2] })], /expected 12 means/],
];

it.each(failing)("%s: a clear error", (_, input, layers, message) => {
  expect(() => network({ input, layers })).toThrow(message);
});

it.each<[string, () => unknown, RegExp]>([
  ["channels", () => conv2d(0), /conv2d: expected channels/],
  ["size", () => conv2d(2, { size: 1.5 }), /expected size/],
  ["a huge size", () => conv2d(2, { size: 1e9 }), /size to be a whole number from 1 to 4096/],
  ["padding", () => conv2d(2, { padding: "full" as "same" }), /padding to be "same", "valid" or a whole number/],
  ["padding that outweighs the window", () => maxPool2d({ padding: 2 }), /at most half the size 2, got 2/],
  ["output padding", () => convTranspose2d(2, { outputPadding: 1, padding: 0 }), /outputPadding below the stride 1/],
  ["adaptive size", () => adaptiveAveragePool2d(0), /expected size/],
])("%s: a clear error", (_, make, message) => {
  expect(make).toThrow(message);
});

it("an example of the wrong length, and values that are none", async () => {
  const model = await createModel(network({ input: [2, 3, 3], layers: [globalAveragePool2d(), linear(2)] }));
  const code = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return (error as OdenetError).code;
    }
    return "none";
  };
  expect(code(() => model.scores(new Float32Array(17)))).toBe("length");
  expect(code(() => model.scores(new Float32Array(18).fill(Number.NaN)))).toBe("value");
  expect(model.scores(new Uint8Array(18).fill(255))).toHaveLength(2);
  model.dispose();
});

it("images of another number of channels", async () => {
  const model = await createModel(imagePresets.leNet({ input: [1, 16, 16] }));
  const { labels } = { labels: [0, 1] };
  for (const channels of [2, 3]) {
    const data = { features: new Uint8Array(2 * channels * 256), labels };
    const n = 2 * channels;
    const sentence = `expected ${n} class indices or ${n} rows of 10 numbers as labels, got 2 entries. Features and labels must have the same examples: the features are ${n} of 1 × 16 × 16 numbers.`;
    for (const run of [() => model.evaluate(data), () => model.gradient(data)]) expect(run).toThrow(sentence);
  }
  expect(() => model.scores(new Uint8Array(3 * 15 * 15))).toThrow(
    "scores: expected features of n · 256 numbers, got 675. Pass every example's 1 × 16 × 16 numbers one after another.",
  );
  expect(model.evaluate({ features: new Uint8Array(2 * 256), labels }).loss).toBeGreaterThan(0);
  model.dispose();
});

describe.each(Object.entries(imagePresets))("%s", (_, preset) => {
  it("survives JSON", () => {
    const net = preset({ input: [3, 64, 64], outputs: 7 });
    expect(networkFromJSON(JSON.stringify(net))).toEqual(net);
  });
});
