import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { cifar10Classes, readCifar10, readStl10, stl10Classes, textures } from "../../src/data/index.ts";
import { createModel } from "../../src/index.ts";
import { conv2d, globalAveragePool2d, linear } from "../../src/layers/index.ts";
import { network } from "../../src/networks/index.ts";
import { rejectionOf } from "./errors.ts";

/** A record as the set's page describes it: label, then red, green and blue planes, row by row. */
function cifarRecord(label: number, pixel: (c: number, y: number, x: number) => number): Uint8Array {
  const bytes = new Uint8Array(3073);
  bytes[0] = label;
  let at = 1;
  for (let c = 0; c < 3; c++) for (let y = 0; y < 32; y++) for (let x = 0; x < 32; x++) bytes[at++] = pixel(c, y, x);
  return bytes;
}

const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((p) => [...p]));

describe("readCifar10", () => {
  const pixel = (c: number, y: number, x: number): number => (100 * c + 3 * y + x) % 256;
  const one = cifarRecord(9, pixel);
  const two = cifarRecord(0, () => 7);

  it.each([
    ["plain", (b: Uint8Array) => b],
    ["gzip", (b: Uint8Array) => new Uint8Array(gzipSync(b))],
  ])("reads batches in order, %s", async (_, pack) => {
    const data = await readCifar10([pack(joined(one, two)), pack(two)]);
    expect([...(data.labels as Uint8Array)]).toEqual([9, 0, 0]);
    expect(data.shape).toEqual([3, 32, 32]);
    expect(data.classes).toBe(cifar10Classes);
    const features = data.features as Uint8Array;
    expect(features.length).toBe(3 * 3072);
    expect(features[2 * 1024 + 5 * 32 + 6]).toBe(pixel(2, 5, 6));
    expect(features[3072]).toBe(7);
  });

  it("trains a net", async () => {
    const data = await readCifar10(joined(one, two));
    const model = await createModel(
      network({ input: [3, 32, 32], layers: [conv2d(4), globalAveragePool2d(), linear(10)] }),
    );
    expect(model.evaluate(data).loss).toBeGreaterThan(0);
  });

  it.each([
    ["nothing", new Uint8Array(), /got 0 bytes/],
    ["a file cut short", one.subarray(0, 3000), /records of 3073 bytes, got 3000/],
    ["one byte too many", joined(one, Uint8Array.of(1)), /got 3074/],
    ["a damaged gzip file", new Uint8Array(gzipSync(one)).subarray(0, 50), /gzip/],
    ["a gzip file of zeros without end", new Uint8Array(gzipSync(new Uint8Array(60_001 * 3073))), /1 to 60000 records/],
  ])("refuses %s", async (_, bytes, message) => {
    expect(await rejectionOf(readCifar10(bytes))).toMatchObject({
      code: "file",
      message: expect.stringMatching(message),
    });
  });

  it("refuses labels of another set, and no file", async () => {
    expect(await rejectionOf(readCifar10(cifarRecord(10, pixel)))).toMatchObject({ code: "label" });
    expect(await rejectionOf(readCifar10([]))).toMatchObject({ code: "file" });
  });
});

describe("readStl10", () => {
  const pixel = (i: number, c: number, y: number, x: number): number => (i + 50 * c + 3 * y + x) % 256;
  /** Column by column, as the set's files are. */
  const images = new Uint8Array(2 * 27648);
  let at = 0;
  for (let i = 0; i < 2; i++)
    for (let c = 0; c < 3; c++)
      for (let x = 0; x < 96; x++) for (let y = 0; y < 96; y++) images[at++] = pixel(i, c, y, x);

  it("turns columns to rows and counts classes from 0", async () => {
    const data = await readStl10({ images, labels: Uint8Array.of(1, 10) });
    expect([...(data.labels as Uint8Array)]).toEqual([0, 9]);
    expect(data.classes).toBe(stl10Classes);
    expect(data.shape).toEqual([3, 96, 96]);
    expect((data.features as Uint8Array)[27648 + 9216 + 20 * 96 + 70]).toBe(pixel(1, 1, 20, 70));
  });

  it.each([
    ["images cut short", images.subarray(1), Uint8Array.of(1, 2), "file"],
    ["another number of labels", images, Uint8Array.of(1), "length"],
    ["a label 0", images, Uint8Array.of(0, 1), "label"],
    ["a label 11", images, Uint8Array.of(11, 1), "label"],
  ])("refuses %s", async (_, x, labels, code) => {
    expect(await rejectionOf(readStl10({ images: x, labels }))).toMatchObject({ code });
  });
});

describe("textures", () => {
  it("gives bytes of five classes, the same for the same seed, others for another", () => {
    const data = textures({ examples: 12, size: 16, seed: 3 });
    expect(data.shape).toEqual([3, 16, 16]);
    expect([...(data.labels as Uint8Array)]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 4]);
    expect(textures({ examples: 12, size: 16, seed: 3 })).toEqual(data);
    expect(textures({ examples: 12, size: 16, seed: 4 }).features).not.toEqual(data.features);
    expect((data.features as Uint8Array).length).toBe(12 * 768);
  });

  it("draws stripes along their direction: without noise every row of horizontal stripes is of one colour", () => {
    const { features } = textures({ examples: 5, size: 16, noise: 0 });
    const image = (k: number) => (y: number, x: number) => (features as Uint8Array)[k * 768 + y * 16 + x];
    const [horizontal, vertical] = [image(0), image(1)];
    for (let y = 0; y < 16; y++) {
      for (let x = 0; x < 16; x++) {
        expect(horizontal(y, x)).toBe(horizontal(y, 0));
        expect(vertical(y, x)).toBe(vertical(0, x));
      }
    }
  });

  it.each([{ size: 7 }, { size: 8.5 }, { noise: -1 }, { noise: Number.NaN }, { examples: 0 }, { seed: 0.5 }])(
    "refuses %j",
    (options) => {
      expect(() => textures(options)).toThrow(expect.objectContaining({ code: "option" }));
    },
  );
});
