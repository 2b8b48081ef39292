/** The block of f64 scalars that an update reads: what changes from step to step, first the learning rate. */

/** One of them in every lane. */
export function scalar<T extends number>(scalars: usize, index: u32): v128 {
  return v128.splat<T>(load<f64>(scalars + (usize(index) << 3)) as T);
}
