/**
 * Random numbers from Philox4x32-10 (assembly/random.ts): number i of a stream depends only on (seed, stream, i), so the whole
 * state of a generator is its position, and a saved position resumes the stream with the same bits.
 */
import { OdenetError } from "./errors.ts";
import type { Waves } from "./host/early.ts";
import { cos, generator, log, sin } from "./scalar.ts";

/** The streams of one seed, one for each purpose, so that drawing more of one never shifts another. */
export const streams = {
  /** First parameters of a model. */
  initialization: 0,
  /** Order of the examples in an epoch, splits. */
  shuffling: 1,
  /** Generated data sets, augmentation. */
  data: 2,
  /** Dropout masks. */
  dropout: 3,
  /** Noise added to data, random directions. */
  noise: 4,
} as const;

/** Streams of one purpose lie this far apart: every epoch, and every layer that draws, has its own. */
export const STREAMS = 16;

const TWO_32 = 4294967296;
const PAGE = 65536;
const CHUNK = PAGE / 8; // numbers a call, so that one page is enough

enum Purpose {
  Uniform = 0,
  Normal = 1,
}

let scratch: number | undefined;

/** One page of the generator's memory, taken at the first draw. */
function page({ memory }: Waves): number {
  scratch ??= memory.grow(1) * PAGE;
  return scratch;
}

function check(ok: boolean, what: string, expected: string, got: unknown, fix: string): void {
  if (!ok) throw new OdenetError("option", `${what}: expected ${expected}, got ${String(got)}. ${fix}`);
}

function checkCount(n: number): void {
  check(Number.isSafeInteger(n) && n >= 0, "Random", "a count of 0 or more", n, "Pass how many numbers to draw.");
}

export class Random {
  readonly seed: number;
  readonly stream: number;
  #position: number;

  constructor(seed: number, stream = 0) {
    check(Number.isSafeInteger(seed), "seed", "a whole number below 2^53", seed, "Pass an integer such as 0.");
    const validStream = Number.isInteger(stream) && stream >= 0 && stream < TWO_32;
    check(validStream, "stream", "a whole number from 0 to 2^32 - 1", stream, "Pass one of streams, as streams.data.");
    this.seed = seed;
    this.stream = stream;
    this.#position = 0;
  }

  /** The generator as it was at `position`. */
  static at(seed: number, stream: number, position: number): Random {
    const valid = Number.isSafeInteger(position) && position >= 0;
    check(valid, "position", "a whole number from 0 on", position, "Pass the position of a saved generator.");
    const random = new Random(seed, stream);
    random.#position = position;
    return random;
  }

  /** How many numbers have been drawn: with seed and stream, the whole state. */
  get position(): number {
    return this.#position;
  }

  /** n numbers in [0, 1) with 53 random bits. */
  uniform(n: number): Float64Array {
    checkCount(n);
    return this.#draw(n, Purpose.Uniform);
  }

  /**
   * n standard normal numbers, by Box–Muller: uniform numbers u, v of one block give r cos 2πv and r sin 2πv with
   * r = √(−2 log(1 − u)).
   */
  normal(n: number): Float64Array {
    checkCount(n);
    const odd = this.#position % 2;
    this.#position -= odd;
    const pairs = this.#draw(n + odd + ((n + odd) % 2), Purpose.Normal);
    for (let i = 0; i < pairs.length; i += 2) {
      const radius = Math.sqrt(-2 * log(1 - (pairs[i] as number)));
      const angle = 2 * Math.PI * (pairs[i + 1] as number);
      pairs[i] = radius * cos(angle);
      pairs[i + 1] = radius * sin(angle);
    }
    this.#position -= (n + odd) % 2;
    return pairs.subarray(odd, odd + n);
  }

  /** n whole numbers 0 … bound − 1, each equally likely: words beyond the last multiple of bound are rejected. */
  integers(n: number, bound: number): Uint32Array {
    checkCount(n);
    const valid = Number.isInteger(bound) && bound >= 1 && bound <= TWO_32;
    check(valid, "bound", "a whole number from 1 to 2^32", bound, "Pass the number of possible values.");
    return this.#below(n, () => bound);
  }

  /** 0 … n − 1 in random order (Fisher–Yates). */
  permutation(n: number): Uint32Array {
    checkCount(n);
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    // Step i swaps place n − 1 − i with one of those not yet fixed.
    const picks = this.#below(Math.max(n - 1, 0), (i) => n - i);
    for (let i = 0; i < n - 1; i++) {
      const last = n - 1 - i;
      const pick = picks[i] as number;
      const kept = order[last] as number;
      order[last] = order[pick] as number;
      order[pick] = kept;
    }
    return order;
  }

  /** Fills the page with numbers position … position + n − 1 and returns where they are. */
  #fill(kernel: "random_fractions" | "random_bits", position: number, n: number, purpose?: Purpose): number {
    const core = generator();
    const out = page(core);
    const high = Math.floor(this.seed / TWO_32);
    core[kernel](out, n, this.seed | 0, high, this.stream | 0, position | 0, Math.floor(position / TWO_32), purpose);
    return out;
  }

  #draw(n: number, purpose: Purpose): Float64Array {
    const result = new Float64Array(n);
    for (let done = 0; done < n; done += CHUNK) {
      const count = Math.min(CHUNK, n - done);
      const out = this.#fill("random_fractions", this.#position, count, purpose);
      result.set(new Float64Array(generator().memory.buffer, out, count), done);
      this.#position += count;
    }
    return result;
  }

  /** n words, word i below bound(i). The position moves by the words looked at, rejected ones included. */
  #below(n: number, bound: (i: number) => number): Uint32Array {
    const result = new Uint32Array(n);
    for (let i = 0; i < n; ) {
      const count = Math.min(CHUNK, n - i);
      const out = this.#fill("random_bits", this.#position, count);
      const words = new Uint32Array(generator().memory.buffer, out, count);
      for (let k = 0; k < count; k++) {
        const word = words[k] as number;
        const range = bound(i);
        if (word < TWO_32 - (TWO_32 % range)) result[i++] = word % range;
      }
      this.#position += count;
    }
    return result;
  }
}
