import { describe, expect, it } from "vitest";
import { batches, type Dataset, rebatch, split } from "../../src/data/index.ts";
import { errorOf, rejectionOf } from "./errors.ts";

/** n examples of two features, the first one naming the example; classes in turn. */
const numbered = (n: number, classes = 3) => ({
  features: Float64Array.from({ length: 2 * n }, (_, i) => (i % 2 === 0 ? i / 2 : -i)),
  labels: Uint8Array.from({ length: n }, (_, i) => i % classes),
  classes: Array.from({ length: classes }, (_, k) => `class ${k}`),
  shape: 2,
});
type Numbered = ReturnType<typeof numbered>;

const names = (data: Numbered) => [...data.features].filter((_, i) => i % 2 === 0);
const ascending = (a: number, b: number) => a - b;
const all = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Each example's features and label still belong together. */
function expectWhole(data: Numbered) {
  expect(data.features).toHaveLength(2 * data.labels.length);
  names(data).forEach((name, i) => {
    expect(data.features[2 * i + 1]).toBe(-(2 * name + 1));
    expect(data.labels[i]).toBe(name % data.classes.length);
  });
}

describe.each([false, true])("split, stratified %s", (stratified) => {
  it.each([
    [100, 0.2, 20],
    [101, 0.25, 25],
    [10, 3, 3],
    [6, 0.5, 3],
    [7, 1, 1],
  ])("sets aside of %i examples %d: %i, each example in one part", (n, validation, size) => {
    const data = numbered(n);
    const parts = split(data, { validation, seed: 1, stratified });
    expect(parts.validation.labels).toHaveLength(size);
    expect([...names(parts.training), ...names(parts.validation)].sort(ascending)).toEqual(all(n));
    for (const part of [parts.training, parts.validation]) {
      expectWhole(part);
      expect(part.classes).toBe(data.classes);
      expect(part.shape).toBe(2);
      expect(part.features).toBeInstanceOf(Float64Array);
      expect(part.labels).toBeInstanceOf(Uint8Array);
    }
  });

  it("is the same for the same seed and another for another", () => {
    const data = numbered(50);
    const of = (seed: number) => names(split(data, { seed, stratified }).validation);
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
    expect(split(data, { stratified })).toEqual(split(data, { validation: 0.2, seed: 0, stratified }));
  });

  it.each([0, 1.5, -1, 10, 11, 0.01, 0.99, Number.NaN])("refuses to set aside %s of 10", (validation) => {
    const error = errorOf(() => split(numbered(10), { validation, stratified }));
    expect(error.code).toBe("option");
    expect(error.message).toBe(
      `split: expected validation to leave at least 1 of 10 examples in each part, got ${validation}. Give a fraction such as 0.2, or a number of examples.`,
    );
  });
});

describe("split", () => {
  it("keeps the classes' shares when stratified", () => {
    const labels = Uint8Array.from([...Array(80).fill(0), ...Array(15).fill(1), ...Array(5).fill(2)]);
    for (let seed = 0; seed < 20; seed++) {
      const { validation } = split({ features: new Float32Array(100), labels }, { seed, stratified: true });
      expect([0, 1, 2].map((k) => validation.labels.filter((label) => label === k).length)).toEqual([16, 3, 1]);
    }
  });

  it("leaves every class an example for training when stratified", () => {
    const data = { features: new Float32Array(9), labels: [0, 0, 0, 0, 0, 1, 1, 2, 2] };
    const { training, validation } = split(data, { validation: 6, stratified: true });
    expect(validation.labels).toHaveLength(6);
    expect([...training.labels].sort()).toEqual([0, 1, 2]);
    expect(errorOf(() => split(data, { validation: 7, stratified: true })).message).toContain(
      "split: expected validation to leave an example of each of 3 classes for training, got 7 of 9.",
    );
  });

  it("names the class of one example that cannot be stratified", () => {
    const data = { features: [1, 2, 3], labels: [0, 0, 1], classes: ["cat", "dog"] };
    const error = errorOf(() => split(data, { stratified: true }));
    expect(error.code).toBe("label");
    expect(error.message).toBe(
      'split: expected at least 2 examples of each class to stratify, got 1 of class "dog". Drop that example, or leave stratified out.',
    );
  });

  it("refuses to stratify by target rows", () => {
    const data = { features: [1, 2, 3], labels: [[0.5], [1], [2]] };
    expect(errorOf(() => split(data, { stratified: true, validation: 1 })).message).toContain(
      "split: expected one class index an example to stratify by, got other labels.",
    );
  });

  it("takes rows, plain arrays, bytes, images and target rows", () => {
    const rows = split(
      {
        features: [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        labels: [[1], [3], [5]],
      },
      { validation: 1 },
    );
    expect(rows.training.features.map(([x]) => x)).toEqual(rows.training.labels.map(([x]) => x));
    const flat = split({ features: [1, -1, 3, -3], labels: [1, 3] }, { validation: 1 });
    expect(flat.training.features).toEqual([flat.training.labels[0], -(flat.training.labels[0] as number)]);
    const images: Dataset = {
      features: Uint8Array.from({ length: 24 }, (_, i) => i),
      labels: Float64Array.of(0, 0.1, 12, 12.1),
      shape: [3, 2, 2],
      scale: 1,
    };
    const { training } = split(images, { validation: 1 });
    expect(training.features).toHaveLength(12);
    expect(training.labels).toHaveLength(2);
    expect(training.features[0]).toBe(training.labels[0]);
    expect(training).toMatchObject({ shape: [3, 2, 2], scale: 1 });
    const buffer = split({ features: Buffer.from([1, 2, 3]), labels: [1, 2, 3] }, { validation: 1 });
    expect(buffer.training.features.constructor).toBe(Uint8Array);
  });

  it.each<[string, unknown, string]>([
    [
      "features of another length",
      { features: [1, 2, 3], labels: [0, 1] },
      "got 3 feature entries and 2 label entries",
    ],
    [
      "another shape",
      { features: [1, 2, 3, 4], labels: [0, 1], shape: 3 },
      "got 4 feature entries at 3 features an example and 2",
    ],
    [
      "rows of another length",
      { features: [[1], [2], [3]], labels: [0, 1] },
      "got 3 feature entries and 2 label entries",
    ],
    ["no labels", { features: [1, 2, 3], labels: [] }, "got 3 feature entries and 0 label entries"],
    ["labels left out", { features: [1, 2, 3] }, "split: expected { features, labels } with two arrays"],
  ])("refuses %s", (_, data, sentence) => {
    expect(errorOf(() => split(data as Dataset)).message).toContain(sentence);
  });
});

describe("batches", () => {
  it.each([
    [10, 3, [3, 3, 3, 1]],
    [64, 64, [64]],
    [5, 100, [5]],
    [0, 4, []],
  ])("cover %i examples exactly once in batches of %i", (n, batchSize, sizes) => {
    const found = [...batches(numbered(n), { batchSize, seed: 2 })];
    expect(found.map((batch) => batch.labels.length)).toEqual(sizes);
    found.forEach(expectWhole);
    expect(found.flatMap(names).sort(ascending)).toEqual(all(n));
  });

  it("come in the order of the seed, or in the data's own", () => {
    const order = (options: { seed?: number; shuffle?: boolean }) =>
      [...batches(numbered(100), options)].flatMap(names);
    expect(order({ seed: 1 })).toEqual(order({ seed: 1 }));
    expect(order({ seed: 1 })).not.toEqual(order({ seed: 2 }));
    expect(order({ shuffle: false })).toEqual(all(100));
    expect([...batches(numbered(100))][0]?.labels).toHaveLength(64);
  });

  it("are copies", () => {
    const data = numbered(4);
    for (const batch of batches(data)) batch.features.fill(0);
    expect(data).toEqual(numbered(4));
  });

  it.each([0, -1, 2.5, Number.NaN])("refuse the size %s at the call", (batchSize) => {
    const error = errorOf(() => batches(numbered(3), { batchSize }));
    expect(error.code).toBe("option");
    expect(error.message).toBe(
      `batches: expected batchSize to be a whole number from 1, got ${batchSize}. 64 is a good start.`,
    );
  });
});

describe("rebatch", () => {
  async function* chunks(sizes: number[]) {
    const data = numbered(sizes.reduce((a, b) => a + b, 0));
    let at = 0;
    for (const size of sizes) {
      yield {
        ...data,
        features: data.features.slice(2 * at, 2 * (at + size)),
        labels: data.labels.slice(at, at + size),
      };
      at += size;
    }
  }
  const collect = async <T>(source: AsyncIterable<T>) => {
    const found: T[] = [];
    for await (const item of source) found.push(item);
    return found;
  };

  it.each([
    [[10, 10, 10], 4],
    [[1, 1, 1, 1, 1, 1, 1], 3],
    [[3, 0, 9, 1], 4],
    [[100], 7],
    [[2, 2], 100],
    [[4, 4], 4],
    [[], 5],
  ])("cuts chunks of %j into batches of %i, in order", async (sizes, batchSize) => {
    const n = sizes.reduce((a, b) => a + b, 0);
    const found = await collect(rebatch(chunks(sizes), { batchSize }));
    expect(found.map((batch) => batch.labels.length)).toEqual(
      Array.from({ length: Math.ceil(n / batchSize) }, (_, i) => Math.min(batchSize, n - i * batchSize)),
    );
    found.forEach(expectWhole);
    expect(found.flatMap(names)).toEqual(all(n));
  });

  it("takes a plain iterable of plain arrays, and stops the source when it is stopped", async () => {
    let closed = false;
    function* source() {
      try {
        for (let i = 0; ; i++) yield { features: [[i, i]], labels: [i] };
      } finally {
        closed = true;
      }
    }
    for await (const batch of rebatch(source(), { batchSize: 3 })) {
      expect(batch).toEqual({
        features: [
          [0, 0],
          [1, 1],
          [2, 2],
        ],
        labels: [0, 1, 2],
      });
      break;
    }
    expect(closed).toBe(true);
  });

  it("holds no more than a chunk and a batch", async () => {
    async function* source() {
      for (let i = 0; i < 400; i++) yield { features: new Float32Array(250_000), labels: new Uint8Array(1000) };
    }
    const before = process.memoryUsage().rss;
    let n = 0;
    for await (const batch of rebatch(source(), { batchSize: 300 })) n += batch.labels.length;
    expect(n).toBe(400_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(250e6); // of 400 MB that came by
  });

  it("refuses a chunk with other columns, and a wrong size", async () => {
    const source = [
      { features: [1, 2], labels: [0] },
      { features: [1, 2, 3], labels: [0] },
    ];
    expect((await rejectionOf(collect(rebatch(source)))).message).toBe(
      "rebatch: expected 2 features an example as in the first chunk, got 3. Give every chunk the same columns.",
    );
    expect(errorOf(() => rebatch(source, { batchSize: 0 })).code).toBe("option");
  });
});
