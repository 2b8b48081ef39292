/** WebAssembly's binary format (core specification, ch. 5): what reading and writing a module takes. */

/** Instructions and whole sections, as bytes. */
export type Code = readonly number[];

/** Types of values. */
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;

/** Of a function or a block. */
export interface FunctionType {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

export class Reader {
  at = 0;

  constructor(readonly bytes: Uint8Array) {}

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Error("lowering: expected a whole module, got the end of its bytes.");
    return byte;
  }

  /** LEB128, unsigned, at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  /** Behind a number of any size, signed or not. */
  skip(): void {
    while (this.byte() >= 128);
  }

  take(count: number): Uint8Array {
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  /** A vector: as many of something as the number before them says. */
  list<T>(item: () => T): T[] {
    return Array.from({ length: this.u32() }, item);
  }

  /** What has been read since `start`. */
  since(start: number): Uint8Array {
    return this.bytes.subarray(start, this.at);
  }
}

export function u32(value: number): Code {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}

/** LEB128, signed. */
export function s64(value: bigint): Code {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest >= -64n && rest < 64n) return [...bytes, Number(rest & 127n)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

export const list = (items: readonly Code[]): Code => [...u32(items.length), ...items.flat()];

/** Bytes behind their number: a section, or the body of a function. */
export const sized = (content: Code): Code => [...u32(content.length), ...content];
