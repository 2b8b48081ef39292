/** count numbers of one type, most or least significant byte first, at an offset of a byte string. */

/** Element types of the file formats: signed, unsigned, floating; the number of bytes. */
export type ElementType = "i1" | "i2" | "i4" | "i8" | "u1" | "u2" | "u4" | "u8" | "f4" | "f8";

/** What the readers return numbers in. */
export type Values =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** Numbers in rows: `shape[0] · shape[1] · …` values, the last index running fastest. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Values;
}

/** Bytes of an element. */
export const elementSize = (type: ElementType): number => Number(type[1]);

/** The product of the dimensions; above 2^53 it is no longer exact, and then larger than any file. */
export const elementCount = (shape: readonly number[]): number =>
  shape.includes(0) ? 0 : shape.reduce((product, dimension) => product * dimension, 1);

/**
 * Reads the numbers. Bytes come back as a view of the given ones, everything else as a copy. Integers of 64 bits become
 * float64; those beyond ±2^53 lose their last digits there, and `exact` says whether one did.
 */
export function readElements(
  bytes: Uint8Array,
  offset: number,
  count: number,
  type: ElementType,
  littleEndian: boolean,
): { values: Values; exact: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = elementSize(type);
  let exact = true;
  function fill<T extends Values>(values: T, read: (at: number) => number): T {
    for (let i = 0; i < count; i++) values[i] = read(offset + i * size);
    return values;
  }
  const checked = (value: bigint) => {
    const rounded = Number(value);
    if (!Number.isSafeInteger(rounded)) exact = false;
    return rounded;
  };
  const readers: Record<ElementType, () => Values> = {
    u1: () => bytes.subarray(offset, offset + count),
    i1: () => fill(new Int8Array(count), (at) => view.getInt8(at)),
    u2: () => fill(new Uint16Array(count), (at) => view.getUint16(at, littleEndian)),
    i2: () => fill(new Int16Array(count), (at) => view.getInt16(at, littleEndian)),
    u4: () => fill(new Uint32Array(count), (at) => view.getUint32(at, littleEndian)),
    i4: () => fill(new Int32Array(count), (at) => view.getInt32(at, littleEndian)),
    f4: () => fill(new Float32Array(count), (at) => view.getFloat32(at, littleEndian)),
    f8: () => fill(new Float64Array(count), (at) => view.getFloat64(at, littleEndian)),
    u8: () => fill(new Float64Array(count), (at) => checked(view.getBigUint64(at, littleEndian))),
    i8: () => fill(new Float64Array(count), (at) => checked(view.getBigInt64(at, littleEndian))),
  };
  const values = readers[type]();
  return { values, exact };
}
