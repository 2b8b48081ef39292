import { describe, expect, it } from "vitest";
import { readSafetensors, type StoredTensor, writeSafetensors } from "../../src/formats/safetensors.ts";
import { errorOf } from "../data/errors.ts";

/** A file with any header text and any data. */
function file(header: string | Uint8Array, data: ArrayLike<number> = [], announced?: bigint): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, announced ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const entry = (begin: number, end: number, shape = [(end - begin) / 4], dtype = "F32") =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

describe("a file is read as it was written", () => {
  const tensors = new Map<string, StoredTensor>([
    ["0.K", { shape: [2, 3], values: Float32Array.of(1, -0, 3.5, 1e-40, 5, 6) }],
    ["training/memory", { shape: [1], values: Float64Array.of(Math.PI) }],
    ["empty", { shape: [0, 4], values: new Float32Array() }],
    ["scalar", { shape: [], values: Float64Array.of(2) }],
    ['Größe "1"', { shape: [1], values: Float32Array.of(7) }],
  ]);
  const metadata = new Map([
    ["format", "x"],
    ['ü\n"', '{"a": [1]}'],
  ]);

  it("tensors, shapes, types and metadata", () => {
    const read = readSafetensors(writeSafetensors({ metadata, tensors }));
    expect(read.metadata).toEqual(metadata);
    expect(read.tensors).toEqual(tensors);
    expect([...read.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
  });

  it("with numbers at a multiple of 8 bytes, at any offset in a larger buffer, without keeping it", () => {
    const bytes = writeSafetensors({ metadata, tensors });
    const start = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(start % 8).toBe(0);
    const shifted = Buffer.concat([Buffer.from([1, 2, 3]), bytes]).subarray(3);
    const read = readSafetensors(shifted);
    shifted.fill(0);
    expect(read.tensors).toEqual(tensors);
  });

  it("with blanks around a header, as others write it", () => {
    const { tensors: read } = readSafetensors(file(`{ "a" : ${entry(0, 4)} }   `, [0, 0, 128, 63]));
    expect(read.get("a")?.values).toEqual(Float32Array.of(1));
  });
});

describe("anything else is one clear sentence", () => {
  const four = [0, 0, 128, 63];
  const cases: [string, Uint8Array, RegExp][] = [
    ["empty", new Uint8Array(), /at least 8 bytes, got 0/],
    ["cut short in the length", new Uint8Array(7), /at least 8 bytes, got 7/],
    ["a header longer than the file", file("{}", [], 1000n), /at most 2 bytes, got one that announces 1000/],
    [
      "a header of 2^63 bytes",
      file("{}", [], 1n << 63n),
      /at most 2 bytes, got one that announces 9223372036854775808/,
    ],
    ["a header that is not UTF-8", file(Uint8Array.of(0x7b, 0xff, 0x7d)), /UTF-8/],
    ["no header at all", file(""), /JSON object/],
    ["a byte-order mark", file("\uFEFF{}"), /JSON object/],
    ["a list", file("[]"), /JSON object/],
    ["text that is not JSON", file("{"), /JSON/],
    ["a text without end", file('{"a'), /closing quotation mark/],
    ["a bad escape in a key", file('{"\\u12": 1}'), /JSON/],
    ["deep JSON", file(`{"a":${"[".repeat(99_999)}`), /more than 64 levels/],
    ["deep JSON that is complete", file(`{"a":${"[".repeat(2e5)}${"]".repeat(2e5)}}`), /more than 64 levels/],
    ["a name twice", file(`{"a":${entry(0, 4)},"a":${entry(0, 4)}}`, four), /the key "a" twice/],
    ["a name twice, once as an escape", file(`{"a":${entry(0, 4)},"\\u0061":${entry(0, 4)}}`, four), /twice/],
    ["metadata that are no text", file('{"__metadata__":{"a":1}}'), /text for every key/],
    ["metadata that are no object", file('{"__metadata__":[]}'), /object/],
    ["a tensor that is a number", file('{"a":1}'), /to be an object/],
    ["another type", file(`{"a":${entry(0, 4, [2], "BF16")}}`, four), /F32 or F64, got "BF16"/],
    ["a type that is an object", file('{"a":{"dtype":{"toString":1},"shape":[],"data_offsets":[0,4]}}', four), /F32/],
    ["a negative size", file(`{"a":${entry(0, 4, [-1])}}`, four), /whole numbers/],
    ["a size that is no number", file('{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}', four), /whole/],
    ["a shape that is an object", file('{"a":{"dtype":"F32","shape":{"length":1e9},"data_offsets":[0,4]}}'), /shape/],
    ["three offsets", file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}', four), /two data_offsets/],
    ["a shape larger than any file", file(`{"a":${entry(0, 4, [1e9, 1e9, 1e9])}}`, four), /bytes for "a"/],
    ["offsets that do not fit the shape", file(`{"a":${entry(0, 4, [2])}}`, four), /8 bytes for "a"/],
    ["offsets backwards", file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}', four), /got -4/],
    ["overlapping", file(`{"a":${entry(0, 8)},"b":${entry(4, 12)}}`, new Uint8Array(12)), /"b" to begin at byte 8/],
    ["twice the same bytes", file(`{"a":${entry(0, 4)},"b":${entry(0, 4)}}`, four), /to begin at byte 4/],
    ["a hole", file(`{"a":${entry(0, 4)},"b":${entry(8, 12)}}`, new Uint8Array(12)), /"b" to begin at byte 4/],
    ["cut short in the numbers", file(`{"a":${entry(0, 4)}}`, [1, 2, 3]), /4 bytes of numbers or more, got 3/],
    ["oversize", file(`{"a":${entry(0, 4)}}`, [...four, 0]), /4 bytes of numbers, got 5/],
  ];
  it.each(cases)("%s", (_, bytes, sentence) => {
    const error = errorOf(() => readSafetensors(bytes));
    expect(error.code).toBe("file");
    expect(error.message).toMatch(/^readSafetensors: expected .+, got .+\. Is it .+\.$/);
    expect(error.message).toMatch(sentence);
  });

  it("in no time, however large the numbers in it", () => {
    const start = process.memoryUsage().arrayBuffers;
    const wide = file(`{${Array.from({ length: 2000 }, (_, i) => `"${i}":${entry(0, 4e15, [1e15])}`).join()}}`);
    expect(errorOf(() => readSafetensors(wide)).code).toBe("file");
    expect(process.memoryUsage().arrayBuffers - start).toBeLessThan(2e7);
  });
});
