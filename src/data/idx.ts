/** IDX = 0, 0, element type, d, then d dimensions (uint32) and the elements, all most significant byte first. */
import { OdenetError } from "../core/errors.ts";
import { asBytes } from "./bytes.ts";
import type { Dataset } from "./dataset.ts";
import { type ElementType, elementCount, elementSize, readElements, type Tensor } from "./elements.ts";
import { gunzip, isGzip } from "./gzip.ts";
import { pairTensors } from "./pair.ts";

const TYPES: Readonly<Record<number, ElementType>> = { 8: "u1", 9: "i1", 11: "i2", 12: "i4", 13: "f4", 14: "f8" };

interface Header {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Bytes before the elements. */
  readonly start: number;
  readonly count: number;
  /** Bytes of the whole file. */
  readonly size: number;
}

/** Undefined while the bytes end within the header; throws `file` as soon as they cannot be one. */
function readHeader(bytes: Uint8Array): Header | undefined {
  const [a, b, code, dimensions] = bytes;
  if ((a ?? 0) !== 0 || (b ?? 0) !== 0 || (code !== undefined && !TYPES[code]) || dimensions === 0) {
    const got = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw new OdenetError(
      "file",
      `readIdx: expected an IDX file (00 00, a type of 08 09 0b 0c 0d 0e, at least 1 dimension), got a file that begins ${got}. Pass one of MNIST's files, plain or as .gz.`,
    );
  }
  if (dimensions === undefined) return undefined;
  const start = 4 + 4 * dimensions;
  if (bytes.length < start) return undefined;
  const type = TYPES[code as number] as ElementType;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const count = elementCount(shape);
  return { type, shape, start, count, size: start + count * elementSize(type) };
}

/**
 * Reads an IDX file, the format of MNIST and Fashion-MNIST, plain or gzip-compressed, in Node and browsers alike.
 * Elements of one byte stay a view of the (expanded) file; the others are copied. All six element types are read.
 * Throws `file` for a file that is something else, cut short, too long or damaged; a compressed one is expanded no
 * further than its header announces. Source: Y. LeCun, "The MNIST database of handwritten digits".
 */
export async function readIdx(file: Uint8Array | ArrayBuffer): Promise<Tensor> {
  let bytes = asBytes(file, "readIdx");
  if (isGzip(bytes)) bytes = await gunzip(bytes, (head) => readHeader(head)?.size, "readIdx");
  const header = readHeader(bytes);
  if (!header) {
    throw new OdenetError(
      "file",
      `readIdx: expected a header of ${bytes[3] === undefined ? "at least 8" : 4 + 4 * bytes[3]} bytes, got a file of ${bytes.length}. The file is cut short; download it again.`,
    );
  }
  const { type, shape, start, count, size } = header;
  if (bytes.length !== size) {
    const more = bytes.length > size;
    throw new OdenetError(
      "file",
      `readIdx: expected ${size} bytes for ${shape.join(" × ")} items, got ${more ? "more" : bytes.length}. The file ${more ? "is not what its header says" : "is cut short"}; download it again.`,
    );
  }
  return { shape, values: readElements(bytes, start, count, type, false).values };
}

/** Class names of Fashion-MNIST, whose files hold only their indices. */
export const fashionMnistClasses: readonly string[] = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];

/**
 * Reads a pair of IDX files, images (n × height × width) and their labels (n), as one data set of shape
 * `[1, height, width]`. Bytes stay bytes: 60,000 digits take 47 MB. The classes are named "0", "1", … unless told.
 * Throws `file` as `readIdx` does, `length` for numbers of images and labels that differ, `label` for a label that is
 * no class.
 */
export async function readIdxImages(files: {
  images: Uint8Array | ArrayBuffer;
  labels: Uint8Array | ArrayBuffer;
  classes?: readonly string[];
}): Promise<Dataset> {
  const [images, labels] = await Promise.all([readIdx(files.images), readIdx(files.labels)]);
  return pairTensors("readIdxImages", images, labels, files.classes);
}
