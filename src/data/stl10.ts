/** STL-10's images = 3 planes of 96 × 96 pixels (uint8: red, green, blue), column by column; labels = 1 … 10, one byte each. */
import { OdenetError } from "../core/errors.ts";
import { asBytes } from "./bytes.ts";
import type { Dataset } from "./dataset.ts";

const SIZE = 96;
const PLANE = SIZE * SIZE;
const PIXELS = 3 * PLANE;

/** Class names of STL-10, in the order of its labels. */
export const stl10Classes: readonly string[] = [
  "airplane",
  "bird",
  "car",
  "cat",
  "deer",
  "dog",
  "horse",
  "monkey",
  "ship",
  "truck",
];

/**
 * Reads a pair of files of STL-10's binary version, `train_X.bin` with `train_y.bin` or `test_X.bin` with `test_y.bin`, as
 * one data set of shape `[3, 96, 96]`. Bytes stay bytes; classes count from 0. Throws `file` for a file that is cut short or
 * something else, `length` for numbers of images and labels that differ, `label` for a label outside 1 … 10.
 * Source: A. Coates, H. Lee, A. Ng, "An analysis of single-layer networks in unsupervised feature learning", 2011.
 */
export async function readStl10(files: {
  images: Uint8Array | ArrayBuffer;
  labels: Uint8Array | ArrayBuffer;
}): Promise<Dataset> {
  const images = asBytes(files?.images, "readStl10");
  const given = asBytes(files.labels, "readStl10");
  if (images.length === 0 || images.length % PIXELS !== 0) {
    throw new OdenetError(
      "file",
      `readStl10: expected images of ${PIXELS} bytes, got a file of ${images.length}. Pass train_X.bin or test_X.bin, complete.`,
    );
  }
  const n = images.length / PIXELS;
  if (given.length !== n) {
    throw new OdenetError(
      "length",
      `readStl10: expected one label for each of ${n} images, got ${given.length}. Pass the _y.bin file that belongs to the _X.bin file.`,
    );
  }
  const labels = given.map((label, i) => {
    if (label >= 1 && label <= stl10Classes.length) return label - 1;
    throw new OdenetError("label", `readStl10: expected labels from 1 to 10, got ${label} in example ${i}.`);
  });
  const features = new Uint8Array(images.length);
  for (let plane = 0; plane < images.length; plane += PLANE) {
    for (let column = 0; column < SIZE; column++) {
      const from = plane + column * SIZE;
      for (let row = 0; row < SIZE; row++) features[plane + row * SIZE + column] = images[from + row] as number;
    }
  }
  return { features, labels, classes: stl10Classes, shape: [3, SIZE, SIZE] };
}
