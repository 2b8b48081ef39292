/** Philox4x32-10, ten keyed rounds of a counter (Salmon, Moraes, Dror, Shaw, SC'11): four random words a block. */
const MULTIPLIER_0: u64 = 0xd2511f53;
const MULTIPLIER_1: u64 = 0xcd9e8d57;
const WEYL_0: u32 = 0x9e3779b9; // golden ratio
const WEYL_1: u32 = 0xbb67ae85; // √3 − 1

/** The second half of the block made last by `philox`; its first half is the result. */
export let second_half: u64 = 0;

/** The first half of block (c0, c1, c2, c3) with key (k0, k1); word 0 is in the low bits. */
export function philox(c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32): u64 {
  for (let round = 0; round < 10; round++) {
    const p0 = MULTIPLIER_0 * u64(c0);
    const p1 = MULTIPLIER_1 * u64(c2);
    c0 = u32(p1 >> 32) ^ c1 ^ k0;
    c1 = u32(p1);
    c2 = u32(p0 >> 32) ^ c3 ^ k1;
    c3 = u32(p0);
    k0 += WEYL_0;
    k1 += WEYL_1;
  }
  second_half = (u64(c3) << 32) | u64(c2);
  return (u64(c1) << 32) | u64(c0);
}
