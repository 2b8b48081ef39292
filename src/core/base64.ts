/** Bytes as text in base64 (RFC 4648, section 4) and back; one text for each row of bytes. */

const PIECE = 0x6000; // a multiple of 3, and few enough arguments for every engine

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE)));
  }
  return text;
}

/** The bytes, or undefined for text that `toBase64` does not give. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return undefined;
  }
  const bytes = new Uint8Array(binary.length);
  for (let k = 0; k < bytes.length; k++) bytes[k] = binary.charCodeAt(k);
  return toBase64(bytes) === text ? bytes : undefined;
}
