/**
 * What works before the core is compiled: elementary functions, random numbers, and the text that the core comes as. Two
 * modules below 4 KB, which every engine compiles at once, also where it refuses larger ones (assembly/early).
 */
import { instantiateSync } from "@assemblyscript/loader";
import { patch } from "./delta.ts";
import { powersText, tables, wavesText } from "./early.generated.ts";
import { cannotCompile, checkWebAssembly } from "./refusals.ts";

/** Writes n numbers of a stream; `purpose` is 0 for uniform numbers, 1 for those that normal ones are made of. */
type Kernel = (
  out: number,
  n: number,
  seedLow: number,
  seedHigh: number,
  stream: number,
  counterLow: number,
  counterHigh: number,
  purpose?: number,
) => void;

/** Scalar functions, and the generator of random numbers in this memory. */
export interface Waves {
  readonly memory: WebAssembly.Memory;
  sin(x: number): number;
  cos(x: number): number;
  random_fractions: Kernel;
  random_bits: Kernel;
  text_bytes(out: number, text: number, n: number, order: number): number;
}

export interface Powers {
  readonly memory: WebAssembly.Memory;
  exp(x: number): number;
  log(x: number): number;
  pow(x: number, y: number): number;
}

function instance<T>(bytes: Uint8Array<ArrayBuffer>): T {
  checkWebAssembly();
  try {
    return instantiateSync(bytes, {}).instance.exports as T;
  } catch (cause) {
    throw cannotCompile(cause);
  }
}

function hexadecimal(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

const PAGE = 65536;
const ORDER = 256;

/**
 * The bytes of a text that scripts/build/text.mjs made of them: the order of the byte values, then the characters. Plain ASCII,
 * so that no page's encoding changes them.
 */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const { memory, text_bytes } = earlyWaves();
  const n = text.length - 2 * ORDER;
  const start = PAGE * memory.grow(Math.ceil((ORDER + 2 * n) / PAGE));
  const characters = start + ORDER;
  const view = new Uint8Array(memory.buffer);
  view.set(hexadecimal(text.slice(0, 2 * ORDER)), start);
  write(text.slice(2 * ORDER), view.subarray(characters, characters + n));
  const out = characters + n;
  return view.slice(out, out + text_bytes(out, characters, n, start));
}

/** Where there is an encoder, as an AudioWorklet has none, it is far faster than a loop that runs once. */
function write(text: string, into: Uint8Array): void {
  if (typeof TextEncoder !== "undefined") new TextEncoder().encodeInto(text, into);
  else for (let i = 0; i < text.length; i++) into[i] = text.charCodeAt(i);
}

let waves: Waves | undefined;

export function earlyWaves(): Waves {
  waves ??= instance<Waves>(hexadecimal(wavesText));
  return waves;
}

/** `core`: the bytes of the core, which hold the tables. */
export function earlyPowers(core: Uint8Array): Powers {
  const powers = instance<Powers>(patch(core, bytesOf(powersText)));
  const memory = new Uint8Array(powers.memory.buffer);
  for (const [address, at, length] of tables) memory.set(core.subarray(at, at + length), address);
  return powers;
}
