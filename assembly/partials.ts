/** out = β out + the sum of `count` (2, 4 or 8) vectors `stride` bytes apart, added as the tree ((p₀+p₁)+(p₂+p₃))+(…). */
export function addPartials<T extends number>(
  out: usize,
  p: usize,
  stride: usize,
  count: u32,
  bytes: usize,
  beta: i32,
): void {
  const end = p + bytes;
  for (; p < end; p += 16, out += 16) {
    let value = count == 2 ? two<T>(p, stride) : count == 4 ? four<T>(p, stride) : eight<T>(p, stride);
    if (beta != 0) value = v128.add<T>(v128.load(out), value);
    v128.store(out, value);
  }
}

function two<T extends number>(p: usize, stride: usize): v128 {
  return v128.add<T>(v128.load(p), v128.load(p + stride));
}

function four<T extends number>(p: usize, stride: usize): v128 {
  return v128.add<T>(two<T>(p, stride), two<T>(p + 2 * stride, stride));
}

function eight<T extends number>(p: usize, stride: usize): v128 {
  return v128.add<T>(four<T>(p, stride), four<T>(p + 4 * stride, stride));
}
