/**
 * SHA-256 (FIPS 180-4, section 6.2): for each block of 64 bytes w_0 … w_15, w_t = σ₁(w_{t−2}) + w_{t−7} + σ₀(w_{t−15}) + w_{t−16},
 * then 64 rounds of T₁ = h + Σ₁(e) + Ch(e, f, g) + k_t + w_t, T₂ = Σ₀(a) + Maj(a, b, c). Written out, since WebCrypto answers
 * only later and training does not wait.
 */

/** The first 32 bits of the fractional parts of the roots of the first primes: cube roots of 64, square roots of 8. */
const [ROUNDS, START] = constants();

function constants(): [Int32Array, Int32Array] {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);
  const cubeRoots = primes.map((p) => root(p, 3));
  return [Int32Array.from(cubeRoots), Int32Array.from(primes.slice(0, 8), (p) => root(p, 2))];
}

/** The fractional part of the k-th root of p in 32 bits: ⌊2³² p^(1/k)⌋ mod 2³², by bisection in whole numbers. */
function root(p: number, k: 2 | 3): number {
  const target = BigInt(p) << BigInt(32 * k);
  let below = 0n;
  let above = BigInt(p) << 32n;
  while (above - below > 1n) {
    const middle = (below + above) >> 1n;
    if (middle * middle * (k === 2 ? 1n : middle) <= target) below = middle;
    else above = middle;
  }
  return Number(below & 0xffffffffn);
}

/** x[k] within the array, unchecked: this is the inner loop. */
const at = (x: Int32Array, k: number): number => x[k] as number;

const BLOCK = 64;
const turned = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** A hash over bytes that come in pieces. */
export class Sha256 {
  private readonly state = START.slice();
  private readonly words = new Int32Array(64);
  private readonly block = new Uint8Array(BLOCK);
  private readonly view = new DataView(this.block.buffer);
  private filled = 0;
  private length = 0;

  /** Adds bytes, or a typed array's bytes as they lie in memory (little-endian). */
  update(data: ArrayBufferView | ArrayBuffer): this {
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);
    this.length += bytes.length;
    let done = 0;
    if (this.filled > 0) {
      done = Math.min(bytes.length, BLOCK - this.filled);
      this.block.set(bytes.subarray(0, done), this.filled);
      this.filled += done;
      if (this.filled < BLOCK) return this;
      this.compress(this.view, 0);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (; done + BLOCK <= bytes.length; done += BLOCK) this.compress(view, done);
    this.block.set(bytes.subarray(done));
    this.filled = bytes.length - done;
    return this;
  }

  /** Adds text in UTF-8. */
  text(text: string): this {
    return this.update(new TextEncoder().encode(text));
  }

  /** The hash in hexadecimal digits; nothing can be added afterwards. */
  hex(): string {
    const bits = this.length * 8;
    this.update(Uint8Array.of(0x80));
    while (this.filled !== BLOCK - 8) this.update(Uint8Array.of(0));
    this.view.setUint32(56, Math.floor(bits / 4294967296));
    this.view.setUint32(60, bits >>> 0);
    this.compress(this.view, 0);
    return Array.from(this.state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  private compress(view: DataView, from: number): void {
    const { state, words: w } = this;
    for (let t = 0; t < 16; t++) w[t] = view.getInt32(from + 4 * t);
    for (let t = 16; t < 64; t++) {
      const x = at(w, t - 15);
      const y = at(w, t - 2);
      const s0 = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3);
      const s1 = turned(y, 17) ^ turned(y, 19) ^ (y >>> 10);
      w[t] = (at(w, t - 16) + s0 + at(w, t - 7) + s1) | 0;
    }
    // One by one: taking them apart in one statement goes through an iterator, several times slower.
    let a = at(state, 0);
    let b = at(state, 1);
    let c = at(state, 2);
    let d = at(state, 3);
    let e = at(state, 4);
    let f = at(state, 5);
    let g = at(state, 6);
    let h = at(state, 7);
    for (let t = 0; t < 64; t++) {
      const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const first = (h + s1 + ((e & f) ^ (~e & g)) + at(ROUNDS, t) + at(w, t)) | 0;
      const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
      const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    state[0] = at(state, 0) + a;
    state[1] = at(state, 1) + b;
    state[2] = at(state, 2) + c;
    state[3] = at(state, 3) + d;
    state[4] = at(state, 4) + e;
    state[5] = at(state, 5) + f;
    state[6] = at(state, 6) + g;
    state[7] = at(state, 7) + h;
  }
}

/** SHA-256 of a typed array's bytes, in hexadecimal digits. */
export const sha256 = (data: ArrayBufferView | ArrayBuffer): string => new Sha256().update(data).hex();
