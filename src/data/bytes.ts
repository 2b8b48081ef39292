/** A file's bytes, whichever way they were given. */
import { OdenetError } from "../core/errors.ts";

/** The given bytes as a plain Uint8Array, not copied. Throws `file` for anything else. */
export function asBytes(bytes: Uint8Array | ArrayBuffer, where: string): Uint8Array {
  if (bytes?.constructor === Uint8Array) return bytes;
  // The name and not the class: an ArrayBuffer may come from another realm (a frame, a worker, a test runner).
  const name = Object.prototype.toString.call(bytes);
  if (name === "[object ArrayBuffer]" || name === "[object SharedArrayBuffer]") return new Uint8Array(bytes);
  if (ArrayBuffer.isView(bytes)) {
    const { buffer, byteOffset, byteLength } = bytes as ArrayBufferView;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  throw new OdenetError(
    "file",
    `${where}: expected a Uint8Array or an ArrayBuffer, got ${bytes === null ? "null" : typeof bytes}. Pass the file's contents, e.g. await readFile(path) or await response.arrayBuffer().`,
  );
}
