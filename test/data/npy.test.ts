import { describe, expect, it } from "vitest";
import { pairTensors, readNpy } from "../../src/data/index.ts";
import { errorOf } from "./errors.ts";

interface NpyParts {
  descr: string;
  shape: string;
  body: Uint8Array;
  fortran?: boolean;
  version?: number;
  header?: string;
}

/** A file as numpy.save writes it. */
function npy({ descr, shape, body, fortran = false, version = 1, header }: NpyParts): Uint8Array {
  const start = version === 1 ? 10 : 12;
  let text = header ?? `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': ${shape}, }`;
  text = `${text.padEnd(Math.ceil((start + text.length + 1) / 64) * 64 - start - 1)}\n`;
  const bytes = new Uint8Array(start + text.length + body.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, text.length, true);
  else view.setUint32(8, text.length, true);
  bytes.set(new TextEncoder().encode(text), start);
  bytes.set(body, start + text.length);
  return bytes;
}

function pack(values: (number | bigint)[], size: number, set: (view: DataView, at: number, value: never) => void) {
  const bytes = new Uint8Array(size * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    set(view, size * i, value as never);
  });
  return bytes;
}

const types: [
  string,
  string,
  number,
  (little: boolean) => (view: DataView, at: number, value: never) => void,
  number[],
][] = [
  ["b1", "Uint8Array", 1, () => (view, at, value) => view.setUint8(at, value), [0, 1, 1, 0]],
  ["u1", "Uint8Array", 1, () => (view, at, value) => view.setUint8(at, value), [0, 1, 254, 255]],
  ["i1", "Int8Array", 1, () => (view, at, value) => view.setInt8(at, value), [0, -1, 127, -128]],
  ["u2", "Uint16Array", 2, (little) => (view, at, value) => view.setUint16(at, value, little), [0, 1, 258, 65535]],
  ["i2", "Int16Array", 2, (little) => (view, at, value) => view.setInt16(at, value, little), [0, -1, 258, -32768]],
  ["u4", "Uint32Array", 4, (little) => (view, at, value) => view.setUint32(at, value, little), [0, 1, 258, 4294967295]],
  ["i4", "Int32Array", 4, (little) => (view, at, value) => view.setInt32(at, value, little), [0, -1, 258, -2147483648]],
  [
    "u8",
    "Float64Array",
    8,
    (little) => (view, at, value) => view.setBigUint64(at, BigInt(value), little),
    [0, 1, 258, Number.MAX_SAFE_INTEGER],
  ],
  [
    "i8",
    "Float64Array",
    8,
    (little) => (view, at, value) => view.setBigInt64(at, BigInt(value), little),
    [0, -1, 258, Number.MIN_SAFE_INTEGER],
  ],
  ["f4", "Float32Array", 4, (little) => (view, at, value) => view.setFloat32(at, value, little), [0, -1.5, 0.25, 1e10]],
  [
    "f8",
    "Float64Array",
    8,
    (little) => (view, at, value) => view.setFloat64(at, value, little),
    [0, -1.5, 0.1, 1e-300],
  ],
];

describe("readNpy", () => {
  it.each(types)("reads back %s in both byte orders and all three versions", (type, name, size, set, values) => {
    for (const little of [true, false]) {
      for (const version of [1, 2, 3]) {
        const order = size === 1 ? "|" : little ? "<" : ">";
        const body = pack(values, size, set(little));
        const tensor = readNpy(npy({ descr: order + type, shape: "(2, 2)", body, version }));
        expect(tensor.shape).toEqual([2, 2]);
        expect(tensor.values.constructor.name).toBe(name);
        expect([...tensor.values]).toEqual(values);
      }
    }
  });

  it("reads vectors, single numbers and empty arrays", () => {
    const body = Uint8Array.of(1, 2, 3);
    expect(readNpy(npy({ descr: "|u1", shape: "(3,)", body })).shape).toEqual([3]);
    expect(readNpy(npy({ descr: "|u1", shape: "()", body: Uint8Array.of(7) }))).toEqual({
      shape: [],
      values: Uint8Array.of(7),
    });
    expect(readNpy(npy({ descr: "<f8", shape: "(0, 5)", body: new Uint8Array() })).values).toHaveLength(0);
  });

  it.each([
    [[2, 3], "(2, 3)"],
    [[2, 3, 4], "(2, 3, 4)"],
    [[3, 1, 2, 2], "(3, 1, 2, 2)"],
    [[5], "(5,)"],
    [[0, 3], "(0, 3)"],
  ])("turns Fortran order of %s into C order", (shape, text) => {
    const count = shape.reduce((a, b) => a * b);
    const c = Array.from({ length: count }, (_, i) => i * i - 7);
    const stored = new Array<number>(count);
    for (let i = 0; i < count; i++) {
      let rest = i;
      const index = shape.map(() => 0);
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        index[axis] = rest % (shape[axis] as number);
        rest = Math.floor(rest / (shape[axis] as number));
      }
      let at = 0;
      for (let axis = shape.length - 1; axis >= 0; axis--) at = at * (shape[axis] as number) + (index[axis] as number);
      stored[at] = c[i] as number;
    }
    const body = pack(stored, 4, (view, at, value) => view.setInt32(at, value, true));
    const tensor = readNpy(npy({ descr: "<i4", shape: text, body, fortran: true }));
    expect(tensor.shape).toEqual(shape);
    expect([...tensor.values]).toEqual(c);
  });

  it("refuses a file cut short, at every length, and one that is too long", () => {
    const whole = npy({ descr: "<f4", shape: "(2, 2)", body: new Uint8Array(16) });
    for (let length = 0; length < whole.length; length++) {
      expect(errorOf(() => readNpy(whole.subarray(0, length))).code).toBe("file");
    }
    expect(errorOf(() => readNpy(whole.subarray(0, whole.length - 1))).message).toBe(
      `readNpy: expected ${whole.length} bytes for 2 × 2 items, got ${whole.length - 1}. The file is cut short; save it again.`,
    );
    expect(errorOf(() => readNpy(Buffer.concat([whole, Uint8Array.of(0)]))).message).toContain(
      "The file holds more than its header says; save it again.",
    );
  });

  it.each(["<f2", "<c8", "|O", "<U3", "|S5", "<M8", "<f16", "<i3"])("refuses elements of type %s", (descr) => {
    const header = descr.length === 2 ? `{'descr': '${descr}', 'fortran_order': False, 'shape': (1,), }` : undefined;
    const file = npy({ descr, shape: "(1,)", body: new Uint8Array(16), ...(header && { header }) });
    expect(["value", "file"]).toContain(errorOf(() => readNpy(file)).code);
  });

  it("refuses 64-bit integers that float64 does not hold", () => {
    const body = pack([9007199254740993n], 8, (view, at, value) => view.setBigInt64(at, value, true));
    expect(errorOf(() => readNpy(npy({ descr: "<i8", shape: "(1,)", body }))).message).toContain(
      "readNpy: expected 64-bit integers between −2^53 and 2^53, got a larger one.",
    );
  });

  it.each([
    "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }",
    "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2,), }",
    "{'descr': '<f4', 'shape': (2,), }",
    "__import__('os')",
  ])("refuses the header %s", (header) => {
    const file = npy({ descr: "", shape: "", body: new Uint8Array(8), header });
    expect(errorOf(() => readNpy(file)).message).toContain(
      "readNpy: expected a header with one element type, fortran_order and shape, got another one.",
    );
  });

  it("refuses dimensions whose product is no length", () => {
    const shape = `(${Array(40).fill("9999999999999999").join(", ")})`;
    expect(errorOf(() => readNpy(npy({ descr: "<f8", shape, body: new Uint8Array(8) }))).code).toBe("file");
  });

  it("joins features and labels of two files", () => {
    const features = readNpy(npy({ descr: "|u1", shape: "(2, 3)", body: Uint8Array.of(1, 2, 3, 4, 5, 6) }));
    const int64 = pack([1, 0], 8, (view, at, value) => view.setBigInt64(at, BigInt(value), true));
    const data = pairTensors("test", features, readNpy(npy({ descr: "<i8", shape: "(2, 1)", body: int64 })));
    expect(data).toEqual({
      features: Uint8Array.of(1, 2, 3, 4, 5, 6),
      labels: Int32Array.of(1, 0),
      classes: ["0", "1"],
      shape: 3,
    });
  });
});
