/** The layout of every matrix: row-major, each row padded with zeros to whole 16-byte vectors. */

/** Numbers in one vector. */
export function lanes<T extends number>(): u32 {
  return u32(16 / sizeof<T>());
}

/** Bytes from one row to the next. */
export function rowBytes<T extends number>(columns: u32): usize {
  return (usize(columns) * sizeof<T>() + 15) & ~usize(15);
}
