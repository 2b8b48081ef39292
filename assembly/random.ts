/**
 * Random numbers by counter (philox.ts).
 *
 * Nothing is stored between calls: number i of a stream depends only on (seed, stream, i), so a stream resumes anywhere.
 *   key     = (seedLow, seedHigh)
 *   counter = (low word of the block's index, its high word, stream, purpose)
 * Purpose 0, uniform: block ⌊i/2⌋; words (0, 1) of the block give even i, words (2, 3) odd i:
 *   ((w₀ >>> 5) 2²⁶ + (w₁ >>> 6)) / 2⁵³.
 * Purpose 1, normal: block ⌊i/2⌋ gives two such uniforms u, v and by Box–Muller, with r = √(−2 log(1 − u)),
 *   r cos 2πv for even i, r sin 2πv for odd i.
 * Purpose 2, bits: word i mod 4 of block ⌊i/4⌋.
 */
import { philox, second_half } from "./philox";

const NORMAL: u32 = 1;
const BITS: u32 = 2;

/** 53 bits of two words, in [0, 1). */
function fraction(words: u64): f64 {
  return f64(((words & 0xffffffff) >> 5) * 67108864 + (words >> 38)) * (1 / 9007199254740992);
}

/** One raw block of four words: the generator itself, for its published test vectors. */
export function random_block(out: usize, c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32): void {
  store<u64>(out, philox(c0, c1, c2, c3, k0, k1));
  store<u64>(out + 8, second_half);
}

/** out = numbers counter … counter + n − 1 in [0, 1) of the stream and purpose, f64: 0 for uniform numbers, 1 for those of normal ones. */
export function random_fractions(
  out: usize,
  n: u32,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  counterLow: u32,
  counterHigh: u32,
  purpose: u32,
): void {
  const end = out + (usize(n) << 3);
  let i = (u64(counterHigh) << 32) | u64(counterLow);
  for (; out < end; i++, out += 8) {
    const block = i >> 1;
    const first = philox(u32(block), u32(block >> 32), stream, purpose, seedLow, seedHigh);
    if (i & 1) {
      store<f64>(out, fraction(second_half));
      continue;
    }
    store<f64>(out, fraction(first));
    if (out + 8 == end) return;
    i++;
    out += 8;
    store<f64>(out, fraction(second_half));
  }
}

/** out = standard normal numbers counter … counter + n − 1 of the stream, f64. */
export function random_normal(
  out: usize,
  n: u32,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  counterLow: u32,
  counterHigh: u32,
): void {
  const end = out + (usize(n) << 3);
  let i = (u64(counterHigh) << 32) | u64(counterLow);
  for (; out < end; i++, out += 8) {
    const block = i >> 1;
    const first = philox(u32(block), u32(block >> 32), stream, NORMAL, seedLow, seedHigh);
    const radius = Math.sqrt(-2 * NativeMath.log(1 - fraction(first)));
    const angle = 2 * NativeMath.PI * fraction(second_half);
    if (i & 1) {
      store<f64>(out, radius * NativeMath.sin(angle));
      continue;
    }
    store<f64>(out, radius * NativeMath.cos(angle));
    if (out + 8 == end) return;
    i++;
    out += 8;
    store<f64>(out, radius * NativeMath.sin(angle));
  }
}

/** out = words counter … counter + n − 1 of the stream, u32. */
export function random_bits(
  out: usize,
  n: u32,
  seedLow: u32,
  seedHigh: u32,
  stream: u32,
  counterLow: u32,
  counterHigh: u32,
): void {
  const end = out + (usize(n) << 2);
  let i = (u64(counterHigh) << 32) | u64(counterLow);
  while (out < end) {
    const block = i >> 2;
    const first = philox(u32(block), u32(block >> 32), stream, BITS, seedLow, seedHigh);
    do {
      const words = i & 2 ? second_half : first;
      store<u32>(out, u32(i & 1 ? words >> 32 : words));
      i++;
      out += 4;
    } while (out < end && i & 3);
  }
}
