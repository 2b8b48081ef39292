/**
 * Whether a PNG file is as long as it says: chunks from the header, IHDR, to the last, IEND, and in those called IDAT, unpacked, the rows
 * of its pixels, each after a byte of its own (PNG, third edition, sections 5.3, 7.2 and 8.1).
 */
import { Unzlib } from "fflate";
import { OdenetError } from "../core/errors.ts";

/** Samples of a pixel by colour type. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Adam7, the order of an interlaced file: every pass's first column and row, and its steps to the next. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Compressed bytes that are unpacked at a time: to 66 MB at most. */
const PIECE = 65_536;

/** Throws `file` where the file ends before IEND or goes on behind it, or has more or less image data than pixels. */
export function checkPngLength(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: Uint8Array[] = [];
  let at = 8;
  let type = "";
  while (type !== "IEND") {
    const length = at + 12 <= bytes.length ? view.getUint32(at) : bytes.length;
    if (at + 12 + length > bytes.length)
      throw wrong("a complete PNG file", "one that ends before its last chunk, IEND");
    type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === "IDAT") data.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  if (at < bytes.length)
    throw wrong("a PNG file that ends with its last chunk, IEND", `${bytes.length - at} bytes more`);
  const expected = dataLength(view);
  const found = unpackedLength(data, expected);
  if (found === expected) return;
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  throw wrong(
    `${expected} bytes of image data for ${width} × ${height} pixels`,
    found > expected ? "more" : `${found}`,
  );
}

/** Bytes of image data that the header asks for. */
function dataLength(view: DataView): number {
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, colour, interlaced] = [24, 25, 28].map((at) => view.getUint8(at)) as [number, number, number];
  const bits = depth * (SAMPLES[colour] ?? Number.NaN);
  if (Number.isNaN(bits)) throw wrong("a colour type of 0, 2, 3, 4 or 6 in a PNG file", `${colour}`);
  const passes = interlaced ? ADAM7 : [[0, 0, 1, 1] as const];
  return passes.reduce((sum, [x, y, dx, dy]) => {
    const [columns, rows] = [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)];
    return columns < 1 || rows < 1 ? sum : sum + rows * (1 + Math.ceil((columns * bits) / 8));
  }, 0);
}

/** Bytes that the parts unpack to; counts no further than it must to know that they are more than `enough`. */
function unpackedLength(parts: readonly Uint8Array[], enough: number): number {
  let length = 0;
  const unpacking = new Unzlib((piece) => {
    length += piece.length;
  });
  for (const part of parts) {
    for (let at = 0; at < part.length && length <= enough; at += PIECE) unpacking.push(part.subarray(at, at + PIECE));
  }
  return length;
}

function wrong(expected: string, got: string): OdenetError {
  return new OdenetError("file", `readPicture: expected ${expected}, got ${got}. Save it again.`);
}
