/** A CIFAR-10 batch = records of one label (uint8) and 3 planes of 32 × 32 pixels (uint8: red, green, blue, row by row). */
import { OdenetError } from "../core/errors.ts";
import { asBytes } from "./bytes.ts";
import type { Dataset } from "./dataset.ts";
import { gunzip, isGzip } from "./gzip.ts";

const PIXELS = 3 * 32 * 32;
const RECORD = 1 + PIXELS;
/** No file of the set has more examples; it bounds what a compressed file may expand to. */
const MOST_RECORDS = 60_000;

/** Class names of CIFAR-10, in the order of its labels. */
export const cifar10Classes: readonly string[] = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];

/**
 * Reads files of the binary version of CIFAR-10 (`data_batch_1.bin` … `data_batch_5.bin`, `test_batch.bin`), plain or
 * gzip-compressed, as one data set of shape `[3, 32, 32]`, in the order given. Bytes stay bytes. Throws `file` for a file
 * that is empty, cut short or something else, `label` for a label above 9.
 * Source: A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
 */
export async function readCifar10(
  files: Uint8Array | ArrayBuffer | readonly (Uint8Array | ArrayBuffer)[],
): Promise<Dataset> {
  const batches = await Promise.all((Array.isArray(files) ? files : [files]).map(batch));
  const records = batches.reduce((n, { length }) => n + length / RECORD, 0);
  if (records === 0) throw new OdenetError("file", "readCifar10: expected at least one file, got none.");
  const features = new Uint8Array(records * PIXELS);
  const labels = new Uint8Array(records);
  let example = 0;
  for (const bytes of batches) {
    for (let at = 0; at < bytes.length; at += RECORD, example++) {
      const label = bytes[at] as number;
      if (label >= cifar10Classes.length) {
        throw new OdenetError(
          "label",
          `readCifar10: expected labels from 0 to 9, got ${label} in example ${example}. The file is not of CIFAR-10's binary version (CIFAR-100 has two labels a record).`,
        );
      }
      labels[example] = label;
      features.set(bytes.subarray(at + 1, at + RECORD), example * PIXELS);
    }
  }
  return { features, labels, classes: cifar10Classes, shape: [3, 32, 32] };
}

async function batch(file: Uint8Array | ArrayBuffer): Promise<Uint8Array> {
  let bytes = asBytes(file, "readCifar10");
  if (isGzip(bytes)) bytes = await gunzip(bytes, () => MOST_RECORDS * RECORD, "readCifar10");
  if (bytes.length === 0 || bytes.length % RECORD !== 0 || bytes.length > MOST_RECORDS * RECORD) {
    throw new OdenetError(
      "file",
      `readCifar10: expected 1 to ${MOST_RECORDS} records of ${RECORD} bytes, got ${bytes.length} bytes. Pass data_batch_1.bin … or test_batch.bin of the binary version, unpacked from its archive and complete.`,
    );
  }
  return bytes;
}
