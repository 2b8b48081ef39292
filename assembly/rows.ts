/** The layout of every matrix: row-major, each row padded with zeros to whole 16-byte vectors. */

/** Numbers in one vector. */
export function lanes<T extends number>(): u32 {
  return u32(16 / sizeof<T>());
}

/** Bytes from one row to the next. */
export function rowBytes<T extends number>(columns: u32): usize {
  return (usize(columns) * sizeof<T>() + 15) & ~usize(15);
}

/** Scratch of the implicit solver for n unknowns through m activations: five rows of n, four of m, two n × n matrices, two lists of pivots. */
export function implicit_scratch<T extends number>(n: u32, m: u32): u64 {
  const row = u64(rowBytes<T>(n));
  return 5 * row + 4 * u64(rowBytes<T>(m)) + 2 * u64(n) * row + 2 * u64((usize(n) * 4 + 15) & ~usize(15));
}
