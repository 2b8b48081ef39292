/** Bytes of a text file → text: gzip, UTF-8, UTF-16 and Windows-1252 are told apart, line ends become \n. */
import { gunzipSync } from "fflate";
import { OdenetError } from "../core/errors.ts";
import { isGzip } from "../data/gzip.ts";

/** Bytes that a gzip file may expand to. */
const MOST_EXPANDED = 2 ** 30;

function expanded(bytes: Uint8Array): Uint8Array {
  const announced = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(bytes.length - 4, true);
  if (announced > MOST_EXPANDED) {
    throw new OdenetError(
      "file",
      `readTable: expected a gzip file of at most 1 GiB of text, got one that announces ${announced} bytes. Cut it into parts.`,
    );
  }
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new OdenetError(
      "file",
      `readTable: expected a complete gzip file, got damaged or missing data (${cause instanceof Error ? cause.message : String(cause)}). Download it again.`,
    );
  }
}

/** UTF-16 without a byte-order mark has a zero in every other byte of Latin text. */
function encodingOf(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  const head = bytes.subarray(0, 64 - (64 % 2));
  if (head.length < 4) return "utf-8";
  const zeros = (odd: number) => head.filter((byte, i) => i % 2 === odd && byte === 0).length / (head.length / 2);
  if (zeros(1) > 0.7) return "utf-16le";
  if (zeros(0) > 0.7) return "utf-16be";
  return "utf-8";
}

/** The text of a file, without a byte-order mark. Text that is no UTF-8 is taken as Windows-1252, which holds Latin-1. */
export function decodeText(file: string | Uint8Array): string {
  const text = typeof file === "string" ? file : decodeBytes(file.length > 18 && isGzip(file) ? expanded(file) : file);
  return text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
}

function decodeBytes(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  if (encoding === "utf-8" && bytes.subarray(0, 1024).includes(0)) {
    throw new OdenetError(
      "file",
      "readTable: expected text, got other bytes. Save the table as CSV, or read it with the library for its format.",
    );
  }
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
