/**
 * safetensors: 8 bytes N (little-endian), N bytes of JSON { name: { dtype, shape, data_offsets } }, then the numbers.
 * `__metadata__` maps text to text. Source: the format description of the safetensors project, version 0.4.
 */

import { OdenetError } from "../core/errors.ts";
import { isRecord, isWhole } from "../core/guards.ts";
import type { Numbers } from "../core/host/memory.ts";
import { parseUntrusted } from "./headerJson.ts";

/** A tensor with its shape, row-major; Float32Array is stored as F32, Float64Array as F64. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Numbers;
}

/** Everything a file holds. */
export interface SafetensorsFile {
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of the numbers in the file. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

const METADATA = "__metadata__";
const LONGEST_HEADER = 100_000_000; // the reference reader's limit

/** Writes a file. The header is padded with blanks so that the numbers start at a multiple of 8 bytes. */
export function writeSafetensors({ metadata, tensors }: SafetensorsFile): Uint8Array<ArrayBuffer> {
  let length = 0;
  const entries = [...tensors].map(([name, { shape, values }]) => {
    const begin = length;
    length += values.byteLength;
    return [name, { dtype: values.BYTES_PER_ELEMENT === 4 ? "F32" : "F64", shape, data_offsets: [begin, length] }];
  });
  const text = JSON.stringify(Object.fromEntries([[METADATA, Object.fromEntries(metadata)], ...entries]));
  const header = new TextEncoder().encode(text);
  const start = 8 + 8 * Math.ceil(header.length / 8);
  const bytes = new Uint8Array(start + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.fill(0x20, 8, start).set(header, 8);
  let at = start;
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

/**
 * Reads a file of F32 and F64 tensors; the numbers are copied. Nothing is allocated beyond a few times the file's own
 * size. Throws `file` for anything that is not a whole, consistent file: `where` begins the sentence.
 */
export function readSafetensors(file: Uint8Array, where = "readSafetensors"): SafetensorsFile {
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength); // a Buffer's slice would not copy
  const fail: Fail = (expected, got) => {
    throw new OdenetError(
      "file",
      `${where}: expected ${expected}, got ${got}. Is it the whole file, and a safetensors one? Save or download it again.`,
    );
  };
  if (bytes.length < 8) fail("a safetensors file of at least 8 bytes", `${bytes.length}`);
  const announced = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const room = Math.min(LONGEST_HEADER, bytes.length - 8);
  if (announced > BigInt(room))
    fail(`a safetensors file with a header of at most ${room} bytes`, `one that announces ${announced}`);
  const start = 8 + Number(announced);
  const header = headerOf(bytes.subarray(8, start), fail);
  const data = bytes.subarray(start);
  const metadata = new Map<string, string>();
  const found: { name: string; shape: number[]; dtype: string; begin: number; end: number }[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA) {
      for (const [key, value] of Object.entries(
        objectOr(entry, () => fail("__metadata__ to be an object", "another value")),
      )) {
        if (typeof value !== "string")
          return fail("text for every key of __metadata__", `${typeof value} for ${brief(key)}`);
        metadata.set(key, value);
      }
    } else found.push({ name, ...tensorEntry(name, entry, fail) });
  }
  found.sort((a, b) => a.begin - b.begin || a.end - b.end);
  const tensors = new Map<string, StoredTensor>();
  let at = 0;
  for (const { name, shape, dtype, begin, end } of found) {
    if (begin !== at) fail(`tensor ${brief(name)} to begin at byte ${at} of the numbers`, `${begin}`);
    if (end > data.length) fail(`${end} bytes of numbers or more`, `${data.length}`);
    const copy = new Uint8Array(data.subarray(begin, end)).buffer;
    tensors.set(name, { shape, values: dtype === "F32" ? new Float32Array(copy) : new Float64Array(copy) });
    at = end;
  }
  if (at !== data.length) fail(`${at} bytes of numbers`, `${data.length}`);
  return { metadata, tensors };
}

type Fail = (expected: string, got: string) => never;

const brief = (name: string): string => JSON.stringify(name.slice(0, 60));

function objectOr(value: unknown, otherwise: () => never): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : otherwise();
}

function headerOf(bytes: Uint8Array, fail: Fail): Readonly<Record<string, unknown>> {
  let text = "";
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    fail("a header in UTF-8", "other bytes");
  }
  if (!text.startsWith("{")) fail("a header that is a JSON object", "something else");
  try {
    return objectOr(parseUntrusted(text), () => fail("a header that is a JSON object", "another value"));
  } catch (error) {
    if (error instanceof SyntaxError) return fail("a header that is a JSON object", error.message);
    throw error;
  }
}

function tensorEntry(name: string, entry: unknown, fail: Fail) {
  const {
    dtype,
    shape,
    data_offsets: offsets,
  } = objectOr(entry, () => fail(`tensor ${brief(name)} to be an object`, "another value"));
  if (dtype !== "F32" && dtype !== "F64") {
    return fail(`tensor ${brief(name)} in F32 or F64`, typeof dtype === "string" ? brief(dtype) : "no name of a type");
  }
  if (!Array.isArray(shape) || !shape.every(isWhole))
    return fail(`a shape of whole numbers for ${brief(name)}`, "another one");
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isWhole)) {
    return fail(`two data_offsets for ${brief(name)}`, "something else");
  }
  const [begin = 0, end = 0]: number[] = offsets;
  const dimensions: number[] = shape;
  // A product above 2^53 is rounded, and larger than any file either way.
  const size = (dtype === "F32" ? 4 : 8) * (dimensions.includes(0) ? 0 : dimensions.reduce((a, b) => a * b, 1));
  if (end - begin !== size)
    fail(`${size} bytes for ${brief(name)} of ${dimensions.length} dimensions`, `${end - begin}`);
  return { shape: dimensions, dtype, begin, end };
}
