/**
 * SHA-256 (FIPS 180-4, section 6.2): for each block of 64 bytes w_0 … w_15, w_t = σ₁(w_{t−2}) + w_{t−7} + σ₀(w_{t−15}) + w_{t−16},
 * then 64 rounds of T₁ = h + Σ₁(e) + Ch(e, f, g) + k_t + w_t, T₂ = Σ₀(a) + Maj(a, b, c). Written out, since WebCrypto answers
 * only later and training does not wait.
 */

/** The first 32 bits of the fractional parts of the roots of the first primes: cube roots of 64, square roots of 8. */
const [ROUNDS, START] = constants();

function constants(): [Uint32Array, Uint32Array] {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);
  const cubeRoots = primes.map((p) => root(p, 3));
  return [Uint32Array.from(cubeRoots), Uint32Array.from(primes.slice(0, 8), (p) => root(p, 2))];
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

const BLOCK = 64;
const turned = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** A hash over bytes that come in pieces. */
export class Sha256 {
  private readonly state = START.slice();
  private readonly words = new Uint32Array(64);
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
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + BLOCK - this.filled);
      this.block.set(piece, this.filled);
      this.filled += piece.length;
      at += piece.length;
      if (this.filled === BLOCK) this.compress();
    }
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
    this.compress();
    return Array.from(this.state, (word) => word.toString(16).padStart(8, "0")).join("");
  }

  private compress(): void {
    const { state, words: w, view } = this;
    for (let t = 0; t < 16; t++) w[t] = view.getUint32(4 * t);
    for (let t = 16; t < 64; t++) {
      const x = w[t - 15] as number;
      const y = w[t - 2] as number;
      const s0 = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3);
      const s1 = turned(y, 17) ^ turned(y, 19) ^ (y >>> 10);
      w[t] = (w[t - 16] as number) + s0 + (w[t - 7] as number) + s1;
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
    for (let t = 0; t < 64; t++) {
      const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const first = (h + s1 + ((e & f) ^ (~e & g)) + (ROUNDS[t] as number) + (w[t] as number)) | 0;
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
    for (const [k, word] of [a, b, c, d, e, f, g, h].entries()) state[k] = (state[k] as number) + word;
    this.filled = 0;
  }
}

/** SHA-256 of a typed array's bytes, in hexadecimal digits. */
export const sha256 = (data: ArrayBufferView | ArrayBuffer): string => new Sha256().update(data).hex();
