/** CRC-32 (ISO-HDLC, as in PNG and zip): c ← T[(c ⊕ byte) mod 256] ⊕ ⌊c / 256⌋. It finds every change within 32 bits of one another. */

const TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

/** Goes on from the checksum of the bytes before. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let c = ~before;
  for (let k = 0; k < bytes.length; k++) c = (c >>> 8) ^ (TABLE[(c ^ (bytes[k] as number)) & 255] as number);
  return ~c >>> 0;
}
