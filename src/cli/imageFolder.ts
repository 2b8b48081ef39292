/** PNG and JPEG files: one by one, or in a folder with a sub-folder for each class. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Dataset, fromPictures, isPictureFile, isPictureName, type Picture, readPicture } from "../data/index.ts";
import type { FeatureShape } from "../layers/shape.ts";
import { exitCodes, Failure, speakingOf } from "./failure.ts";
import { readWhole } from "./files.ts";
import type { SourceFlags } from "./flags/source.ts";

/** By what it begins with, or by its name: a damaged one is still meant as a picture. */
export const isPicture = (path: string, bytes: Uint8Array): boolean => isPictureFile(bytes) || isPictureName(path);

export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** The folder's pictures in the order of their names, with the sub-folders as classes. */
export async function readImageFolder(path: string, form: Form): Promise<Dataset> {
  const classes = readdirSync(path)
    .sort()
    .filter((name) => isFolder(join(path, name)));
  const files = classes.flatMap((name, label) =>
    readdirSync(join(path, name))
      .sort()
      .filter(isPictureName)
      .map((file) => ({ file: join(path, name, file), label })),
  );
  if (files.length === 0) {
    throw new Failure(
      `${path}: expected a folder with one sub-folder a class and PNG or JPEG files in them, got ${classes.length} sub-folders and no picture. Sort the pictures into ${join(path, "<class>")}.`,
    );
  }
  const pictures: Picture[] = [];
  for (const { file } of files) pictures.push(await pictureOf(file, readWhole(file, "")));
  const labels = Uint32Array.from(files, ({ label }) => label);
  return dataOf(path, pictures, { ...form, classes }, Int32Array.from(labels));
}

/** Pictures without a class, for a model to predict. */
export async function picturesFor(path: string, bytes: Uint8Array, input: FeatureShape): Promise<Dataset | undefined> {
  if (!isPicture(path, bytes)) return undefined;
  return dataOf(path, [await pictureOf(path, bytes)], formOf(path, input));
}

/** What images must look like. */
export interface Form {
  readonly channels: 1 | 3;
  readonly size?: readonly [number, number];
  readonly classes?: readonly string[];
}

/** As the flags say. */
export function formFrom({ size, grey }: SourceFlags): Form {
  const channels = grey ? 1 : 3;
  if (size === undefined) return { channels };
  const [height = 0, width = height] = size.split("x").map(Number);
  return { channels, size: [height, width] };
}

/** As a network takes them. */
export function formOf(path: string, input: FeatureShape): Form {
  if (typeof input === "object" && (input[0] === 1 || input[0] === 3)) {
    return { channels: input[0], size: [input[1], input[2]] };
  }
  const got = typeof input === "object" ? input.join(" × ") : `${input} features`;
  throw new Failure(`${path}: expected a model of images with 1 or 3 channels, got one of ${got}.`);
}

const pictureOf = (file: string, bytes: Uint8Array): Promise<Picture> =>
  speakingOf(file, exitCodes.failed, () => readPicture(bytes));

const dataOf = (path: string, pictures: readonly Picture[], form: Form, labels?: Int32Array): Promise<Dataset> =>
  speakingOf(path, exitCodes.failed, () => fromPictures(pictures, { ...form, ...(labels ? { labels } : {}) }));
