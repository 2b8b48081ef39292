/** Characters that stand in a JavaScript string as they are, and end no script element: 0x20 … 0x7e without ", < and \. */
function rank(c: u32): u32 {
  return c - 0x20 - u32(c > 0x22) - u32(c > 0x3c) - u32(c > 0x5c);
}

/**
 * The bytes that n characters stand for; returns their number. `order` holds the 256 byte values by falling frequency: the
 * first 90 are one character each, any other is one of the last two characters and a second one (scripts/build/text.mjs).
 */
export function text_bytes(out: usize, text: usize, n: u32, order: usize): u32 {
  const first = out;
  const end = text + usize(n);
  while (text < end) {
    let k = rank(load<u8>(text++));
    if (k >= 90) k = 90 + (k - 90) * 92 + rank(load<u8>(text++));
    store<u8>(out++, load<u8>(order + usize(k)));
  }
  return u32(out - first);
}
