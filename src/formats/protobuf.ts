/**
 * Protocol Buffers on the wire: a message is a list of fields, each a varint number << 3 | type and then a varint (type 0),
 * 8 bytes (1), a length and as many bytes (2) or 4 bytes (5). Source: the encoding guide of Protocol Buffers.
 */

/** One field as it was read: a whole number, or the bytes of anything else. */
export interface Field {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/** Several messages or fields, one after another. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function varint(value: number | bigint): number[] {
  let rest = BigInt.asUintN(64, BigInt(value)); // a negative number takes ten bytes
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

/** A whole number. */
export function wholeField(number: number, value: number | bigint): Uint8Array {
  return Uint8Array.from([...varint(number << 3), ...varint(value)]);
}

/** Bytes: a message of its own, packed numbers. */
export function bytesField(number: number, bytes: Uint8Array): Uint8Array {
  return joined(Uint8Array.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes);
}

/** A text in UTF-8. */
export function textField(number: number, text: string): Uint8Array {
  return bytesField(number, new TextEncoder().encode(text));
}

/** A number of single precision. */
export function floatField(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return joined(Uint8Array.from(varint((number << 3) | 5)), bytes);
}

/** Whole numbers, packed. */
export function wholesField(number: number, values: readonly (number | bigint)[]): Uint8Array {
  return bytesField(number, Uint8Array.from(values.flatMap(varint)));
}

/** A varint at `at`: its value, and where the next byte is. Throws SyntaxError where the bytes end in it. */
function readVarint(bytes: Uint8Array, at: number): { value: bigint; next: number } {
  let value = 0n;
  for (let k = 0; k < 10; k++) {
    const byte = bytes[at + k];
    if (byte === undefined) throw new SyntaxError("bytes that end within a number");
    value |= BigInt(byte & 127) << BigInt(7 * k);
    if (byte < 128) return { value: BigInt.asUintN(64, value), next: at + k + 1 };
  }
  throw new SyntaxError("a number of more than ten bytes");
}

const FIXED: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/** The fields of a message; bytes are views of it. Throws SyntaxError, whose message completes the sentence "…, got". */
export function* readFields(bytes: Uint8Array): Generator<Field, void, undefined> {
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at);
    const number = Number(tag.value >> 3n);
    const type = Number(tag.value & 7n);
    if (type === 0) {
      const { value, next } = readVarint(bytes, tag.next);
      yield { number, value };
      at = next;
      continue;
    }
    const length = type === 2 ? readVarint(bytes, tag.next) : { value: BigInt(FIXED[type] ?? -1), next: tag.next };
    if (length.value < 0n) throw new SyntaxError(`a field of the unknown type ${type}`);
    const end = length.next + Number(length.value);
    if (end > bytes.length) throw new SyntaxError("bytes that end within a field");
    yield { number, value: bytes.subarray(length.next, end) };
    at = end;
  }
}

/** Packed varints as signed whole numbers. */
export function readWholes(bytes: Uint8Array): bigint[] {
  const values: bigint[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { value, next } = readVarint(bytes, at);
    values.push(BigInt.asIntN(64, value));
    at = next;
  }
  return values;
}
