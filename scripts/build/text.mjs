// Bytes as text of plain ASCII, which no page's encoding changes: src/core/host/early.ts reads it.

/** The characters that stand in a string literal as they are, and end no script element. */
const CHARACTERS = Array.from({ length: 95 }, (_, k) => String.fromCharCode(0x20 + k)).filter(
  (c) => !'"<\\'.includes(c),
);
const SINGLES = CHARACTERS.length - 2;

/** The byte values by falling frequency. */
function orderOf(bytes) {
  const counts = new Array(256).fill(0);
  for (const byte of bytes) counts[byte]++;
  return [...counts.keys()].sort((a, b) => counts[b] - counts[a] || a - b);
}

const characters = (rank) =>
  rank < SINGLES
    ? CHARACTERS[rank]
    : CHARACTERS[SINGLES + Math.floor((rank - SINGLES) / CHARACTERS.length)] +
      CHARACTERS[(rank - SINGLES) % CHARACTERS.length];

/**
 * The order in hexadecimal digits, then the bytes: the 90 most frequent values are one character, the others two. Compressed
 * it is a third shorter than base64.
 */
export function textOf(bytes) {
  const order = orderOf(bytes);
  const code = [];
  for (const [rank, byte] of order.entries()) code[byte] = characters(rank);
  return Buffer.from(order).toString("hex") + Array.from(bytes, (byte) => code[byte]).join("");
}
