/** Dropout: each number is kept with probability 1 − rate and divided by it, or becomes zero. */
import { philox, second_half } from "./philox";
import { lanes, rowBytes } from "./rows";

/** Purpose of a block of random words: see random.ts. */
const BITS: u32 = 2;
const TWO_32: f64 = 4294967296;

/** All bits where a word is at least `threshold`: the four decisions of one block, one a lane of 32 bits. */
function keptOf(block: u32, step: u32, stream: u32, keyLow: u32, keyHigh: u32, threshold: v128): v128 {
  const first = philox(block, step, stream, BITS, keyLow, keyHigh);
  return i32x4.ge_u(i64x2(first, second_half), threshold);
}

/**
 * out = β out + x ∘ mask / (1 − rate). `examples` holds each example's number in the batch, `per` rows of x belong to one;
 * `counters` are seed (low word, high word) and step. Number c of a row is decided by word c mod 4 of the block with the index
 * row · ⌈columns / 4⌉ + ⌊c / 4⌋, rows counted over the whole batch: in every precision, for every way of cutting the batch.
 */
export function dropout<T extends number>(
  out: usize,
  x: usize,
  examples: usize,
  counters: usize,
  rows: u32,
  columns: u32,
  per: u32,
  beta: i32,
  stream: u32,
  rate: f64,
): void {
  const row = rowBytes<T>(columns);
  const blocks = (columns + 3) >> 2;
  const threshold = i32x4.splat(i32(u32(rate * TWO_32)));
  const scale = v128.splat<T>((1 / (1 - rate)) as T);
  const kept = i32x4.splat(beta ? -1 : 0); // beta out, as a mask
  const keyLow = u32(load<f64>(counters));
  const keyHigh = u32(load<f64>(counters, 8));
  const step = u32(load<f64>(counters, 16));
  for (let first: u32 = 0; first < rows; first += per, examples += 16) {
    let block = u32(load<T>(examples)) * per * blocks;
    for (let k: u32 = 0; k < per; k++, x += row, out += row) {
      for (let at: usize = 0; at < row; at += 16, block++) {
        let mask = keptOf(block, step, stream, keyLow, keyHigh, threshold);
        if (lanes<T>() == 2) {
          // Two vectors of f64 to a block; the second may lie behind the row.
          const low = v128.shuffle<i32>(mask, mask, 0, 0, 1, 1);
          keep<T>(out + at, x + at, low, scale, kept);
          at += 16;
          if (at == row) continue;
          mask = v128.shuffle<i32>(mask, mask, 2, 2, 3, 3);
        }
        keep<T>(out + at, x + at, mask, scale, kept);
      }
    }
  }
}

function keep<T extends number>(out: usize, x: usize, mask: v128, scale: v128, kept: v128): void {
  const value = v128.and(v128.mul<T>(v128.load(x), scale), mask);
  v128.store(out, v128.add<T>(v128.and(v128.load(out), kept), value));
}
