/** PNG and JPEG files → pictures. The decoders are loaded at the first file. */
import { OdenetError } from "../core/errors.ts";
import { asBytes } from "./bytes.ts";
import type { Picture } from "./picture.ts";

const MOST_MEGAPIXELS = 64;
/** A PNG file's signature, and its header with its checksum. */
const HEADER_END = 33;

const isPng = (bytes: Uint8Array): boolean => bytes[0] === 0x89 && bytes[1] === 0x50;
const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8;

/** True when the bytes start as a PNG or a JPEG file does. */
export const isPictureFile = (bytes: Uint8Array): boolean => isPng(bytes) || isJpeg(bytes);

/**
 * Reads a PNG file (every colour type and depth; 16 bits are cut to 8) or a JPEG file (baseline and progressive), in Node and
 * browsers alike. Throws `file` for something else, for damaged or missing data, and for more than 64 megapixels.
 */
export async function readPicture(file: Uint8Array | ArrayBuffer): Promise<Picture> {
  const bytes = asBytes(file, "readPicture");
  if (!isPictureFile(bytes)) {
    throw new OdenetError("file", "readPicture: expected a PNG or a JPEG file, got something else. Convert it to PNG.");
  }
  try {
    return await (isPng(bytes) ? readPng(bytes) : readJpeg(bytes));
  } catch (cause) {
    if (cause instanceof OdenetError) throw cause;
    throw new OdenetError(
      "file",
      `readPicture: expected a complete ${isPng(bytes) ? "PNG" : "JPEG"} file, got damaged or missing data (${(cause as Error).message}). Save it again.`,
    );
  }
}

function checkSize(width: number, height: number): void {
  if (width === 0 || height === 0) {
    throw new OdenetError(
      "file",
      `readPicture: expected at least one pixel, got ${width} × ${height}. Save the picture again.`,
    );
  }
  if (width * height <= MOST_MEGAPIXELS * 1e6) return;
  throw new OdenetError(
    "file",
    `readPicture: expected at most ${MOST_MEGAPIXELS} megapixels, got ${width} × ${height}. Scale it down first; networks take far fewer.`,
  );
}

async function readPng(bytes: Uint8Array): Promise<Picture> {
  if (bytes.length >= HEADER_END) {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    checkSize(view.getUint32(16), view.getUint32(20));
  }
  const { checkPngLength, decode } = await import("./png.ts");
  checkPngLength(bytes);
  const png = decode(bytes, { checkCrc: true });
  const { width, height, channels, palette } = png;
  const source = png.depth < 8 ? unpacked(png.data, height, width, png.depth) : png.data;
  const most = (1 << png.depth) - 1;
  const [grey, alpha] = [channels < 3, channels % 2 === 0];
  const data = new Uint8Array(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    const at = i * channels;
    const value = (k: number): number => Math.floor((255 * (source[at + k] as number)) / most);
    if (palette) data.set(colour(palette, source[i] as number), 4 * i);
    else {
      for (let c = 0; c < 3; c++) data[4 * i + c] = value(grey ? 0 : c);
      if (alpha) data[4 * i + 3] = value(channels - 1);
    }
  }
  return { width, height, data };
}

function colour(palette: readonly ArrayLike<number>[], index: number): ArrayLike<number> {
  const found = palette[index];
  if (!found) throw new Error(`no colour ${index} in a palette of ${palette.length}`);
  return found;
}

/** Numbers of 1, 2 or 4 bits, the first in a byte's highest; every row begins with a byte. */
function unpacked(packed: ArrayLike<number>, height: number, width: number, depth: number): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  return Uint8Array.from({ length: height * width }, (_, i) => {
    const bit = (i % width) * depth;
    const byte = packed[Math.floor(i / width) * rowBytes + (bit >> 3)] as number;
    return (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  });
}

async function readJpeg(bytes: Uint8Array): Promise<Picture> {
  const { width, height } = jpegSize(bytes);
  checkSize(width, height);
  const { decode } = (await import("jpeg-js")).default;
  const options = { useTArray: true, tolerantDecoding: false, maxResolutionInMP: MOST_MEGAPIXELS } as const;
  const jpeg = decode(bytes, { ...options, maxMemoryUsageInMB: 1024 });
  return { width: jpeg.width, height: jpeg.height, data: jpeg.data };
}

/** From the first frame header: FF C0 … FF CF but DHT, JPG and DAC (ITU T.81, B.1.1.3). */
function jpegSize(bytes: Uint8Array): { width: number; height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 <= bytes.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) {
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    if (marker < 0xff00) break;
  }
  throw new Error("no frame header");
}
