/** Images between the API's order (channel, row, column) and the kernels' (rows of channels). */
import { rowBytes } from "./rows";

/** out[(e, p), c] = β out + x[e, (c, p)]: plain features become rows of channels. */
export function to_image<T extends number>(
  out: usize,
  x: usize,
  examples: u32,
  channels: u32,
  positions: u32,
  beta: i32,
): void {
  const row = rowBytes<T>(channels);
  const xRow = rowBytes<T>(channels * positions);
  const size = usize(positions) * row;
  for (let e: u32 = 0; e < examples; e++, out += size, x += xRow) {
    if (beta == 0) memory.fill(out, 0, size);
    let source = x;
    for (let c: u32 = 0; c < channels; c++) {
      const end = out + size;
      for (let t = out + usize(c) * sizeof<T>(); t < end; t += row, source += sizeof<T>()) {
        store<T>(t, (load<T>(t) + load<T>(source)) as T);
      }
    }
  }
}

/** out[e, (c, p)] = β out + x[(e, p), c]: the inverse, and the adjoint. */
export function to_features<T extends number>(
  out: usize,
  x: usize,
  examples: u32,
  channels: u32,
  positions: u32,
  beta: i32,
): void {
  const row = rowBytes<T>(channels);
  const outRow = rowBytes<T>(channels * positions);
  const size = usize(positions) * row;
  for (let e: u32 = 0; e < examples; e++, out += outRow, x += size) {
    if (beta == 0) memory.fill(out, 0, outRow);
    let target = out;
    for (let c: u32 = 0; c < channels; c++) {
      const end = x + size;
      for (let t = x + usize(c) * sizeof<T>(); t < end; t += row, target += sizeof<T>()) {
        store<T>(target, (load<T>(target) + load<T>(t)) as T);
      }
    }
  }
}
