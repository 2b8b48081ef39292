/** gzip (RFC 1952) → bytes, never more of them than the first ones announce. */
import { OdenetError } from "../core/errors.ts";

// Deflate expands at most 1032 times, and some engines expand a whole piece of input before it is read: small pieces
// keep what a hostile file can allocate below 17 MB.
const PIECE = 16384;

/** True when the bytes start as a gzip file does. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Expands a gzip file. `limit` sees the first bytes of the content as they come and answers how long the content may
 * be, or undefined while it needs more of them; it may throw. One byte above the limit is kept, so that the caller
 * sees that there was more. Throws `file` where the gzip data are damaged or cut short.
 */
export async function gunzip(
  bytes: Uint8Array,
  limit: (head: Uint8Array) => number | undefined,
  where: string,
): Promise<Uint8Array> {
  let at = 0;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + PIECE));
      at += PIECE;
    },
  });
  const reader = source.pipeThrough(new DecompressionStream("gzip")).getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  let most: number | undefined;
  let head = new Uint8Array();
  try {
    while (most === undefined || length <= most) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new OdenetError(
          "file",
          `${where}: expected a complete gzip file, got damaged or missing data after ${length} expanded bytes (${cause instanceof Error ? cause.message : String(cause)}). Download it again.`,
        );
      });
      if (done) break;
      pieces.push(value);
      length += value.length;
      if (most === undefined) {
        head = join([head, value], head.length + value.length);
        most = limit(head);
      }
    }
  } finally {
    reader.cancel().catch(() => undefined); // a damaged stream refuses to be cancelled; it is over either way
  }
  return join(pieces, Math.min(length, (most ?? length) + 1));
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece.subarray(0, length - at), at);
    at = Math.min(length, at + piece.length);
  }
  return whole;
}
