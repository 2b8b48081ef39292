/** The reader's pictures: a folder with a sub-folder for each class, decoded by the browser. */

import { OdenetError } from "../../core/errors.ts";
import { instance } from "../../core/known.ts";
import { messageOf } from "../../core/messageOf.ts";
import { nth } from "../../core/nth.ts";
import { fromPictures, type Picture } from "../../data/index.ts";
import type { Model } from "../../model/model.ts";
import type { State } from "../state.ts";
import { type Examples, type Parts, partsOf } from "./examples.ts";

export interface Folder {
  readonly name: string;
  readonly classes: readonly string[];
  readonly files: readonly { readonly path: string; readonly label: number; readonly file: Blob }[];
}

const LEAST_PICTURES = 10;
const MOST_PICTURES = 10_000;
const MOST_CLASSES = 20;
const MOST_MEGAPIXELS = 64;
/** Of a larger picture the browser first makes one with so many pixels to a side of the image. */
const FINENESS = 4;
/** Files that are named among those left out. */
const NAMED = 3;

/** Throws `file` for a folder that is none of classes; pictures that cannot be read are left out, and named in the note. */
export async function makePictures({ side, colours, seed }: State, folder: Folder | undefined): Promise<Parts> {
  const { classes, files } = checked(folder);
  const channels = colours === "grey" ? 1 : 3;
  const width = channels * side * side;
  const features = new Uint8Array(files.length * width);
  const labels: number[] = [];
  const leftOut: string[] = [];
  for (const { path, label, file } of files) {
    try {
      const { features: image } = fromPictures([await decoded(file, side)], { channels, size: [side, side] });
      features.set(instance(Uint8Array, image), labels.length * width);
      labels.push(label);
    } catch (error) {
      leftOut.push(`${path} (${messageOf(error)})`);
    }
  }
  const named = `${leftOut.slice(0, NAMED).join(", ")}${leftOut.length > NAMED ? ", …" : ""}`;
  if (labels.length < LEAST_PICTURES || new Set(labels).size < 2) {
    throw wrong(
      folder?.name,
      `at least ${LEAST_PICTURES} pictures in 2 classes`,
      `${labels.length}${leftOut.length > 0 ? `, and ${leftOut.length} that cannot be read: ${named}` : ""}`,
      "Add some, or take another folder.",
    );
  }
  const whole: Examples = {
    features: features.subarray(0, labels.length * width),
    labels: Int32Array.from(labels),
    classes,
    width,
    shape: [channels, side, side],
  };
  const note = `${labels.length} pictures in ${classes.length} classes.${leftOut.length > 0 ? ` Left out: ${named}.` : ""}`;
  return { ...partsOf(whole, seed), note };
}

/** How likely a model that learnt from pictures finds each class for another one. */
export async function recognise(model: Model, file: Blob, { side, colours }: State): Promise<Float64Array> {
  const channels = colours === "grey" ? 1 : 3;
  const { features } = fromPictures([await decoded(file, side)], { channels, size: [side, side] });
  const { probabilities, scores } = model.predict(features);
  const found = Float64Array.from(probabilities ?? scores, (p) => Math.min(1, Math.max(0, p)));
  return found.length === 1 ? Float64Array.of(1 - nth(found, 0), nth(found, 0)) : found;
}

const wrong = (name = "pictures", expected: string, got: string, fix: string) =>
  new OdenetError("file", `${name}: expected ${expected}, got ${got}. ${fix}`);

function checked(folder: Folder | undefined): Folder {
  const { name, classes = [], files = [] } = folder ?? {};
  if (!folder || files.length === 0 || classes.length < 2) {
    throw wrong(
      name,
      "a folder with one sub-folder a class and PNG or JPEG files in them",
      `${files.length} pictures in ${classes.length} sub-folders`,
      `Sort the pictures into ${name ?? "a folder"}/<class>.`,
    );
  }
  if (classes.length > MOST_CLASSES || files.length > MOST_PICTURES) {
    throw wrong(
      name,
      `at most ${MOST_PICTURES.toLocaleString("en")} pictures in ${MOST_CLASSES} classes`,
      `${files.length.toLocaleString("en")} in ${classes.length}`,
      "Take fewer, or use the command odenet train.",
    );
  }
  return folder;
}

/** Its middle, as `fromPictures` takes it, not much finer than the image. */
async function decoded(file: Blob, side: number): Promise<Picture> {
  const whole = await createImageBitmap(file, { premultiplyAlpha: "none", colorSpaceConversion: "none" }).catch(() => {
    throw new Error("no picture that this browser can read");
  });
  try {
    const { width, height } = whole;
    if (width * height > 1e6 * MOST_MEGAPIXELS) {
      throw new Error(`${width} × ${height} pixels, more than ${MOST_MEGAPIXELS} megapixels`);
    }
    const ratio = Math.min(1, (FINENESS * side) / Math.min(width, height));
    const [w, h] = [Math.round(ratio * width), Math.round(ratio * height)];
    const canvas = new OffscreenCanvas(w, h).getContext("2d", { willReadFrequently: true });
    if (!canvas) throw new Error("no canvas here");
    canvas.imageSmoothingQuality = "high";
    canvas.drawImage(whole, 0, 0, w, h);
    return canvas.getImageData(0, 0, w, h);
  } finally {
    whole.close();
  }
}
