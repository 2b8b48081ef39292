/** NPY = \x93NUMPY, version 1.0, header length, a Python literal, then the numbers, little-endian in C order. */
import type { Numbers } from "../core/host/memory.ts";

/** Where the numbers begin must be a multiple of this. */
const ALIGNMENT = 64;

/** An array as `numpy.load` reads it, float32 or float64; the last index runs fastest. Source: NumPy Enhancement Proposal 1. */
export function writeNpy(shape: readonly number[], values: Numbers): Uint8Array<ArrayBuffer> {
  const type = values instanceof Float32Array ? "<f4" : "<f8";
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const literal = `{'descr': '${type}', 'fortran_order': False, 'shape': (${dimensions}), }`;
  const start = ALIGNMENT * Math.ceil((10 + literal.length + 1) / ALIGNMENT);
  const bytes = new Uint8Array(start + values.byteLength);
  bytes.set([0x93, ...Array.from("NUMPY", (c) => c.charCodeAt(0)), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(`${literal.padEnd(start - 11)}\n`), 10);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), start);
  return bytes;
}
