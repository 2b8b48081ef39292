/**
 * A drawing or a photograph as the images of a set are made: for MNIST scaled into 20 × 20 and put with its centre of mass in
 * the middle of 28 × 28 (LeCun's page of the set); for Fashion-MNIST scaled to 28 and put in the middle (Xiao, Rasul &
 * Vollgraf 2017, section 2). Ink is light on black, whatever it was.
 */
import { instance } from "../../core/known.ts";
import { nth } from "../../core/nth.ts";
import { fromPictures, type Picture } from "../../data/index.ts";
import type { Model } from "../../model/model.ts";
import type { ImageSetName } from "../state.ts";

const SIDE = 28;
/** Grey that counts as ink. */
const INK = 40;

const boxes: Readonly<Record<ImageSetName, number>> = { mnist: 20, "fashion-mnist": SIDE };

interface Grey {
  readonly width: number;
  readonly height: number;
  readonly values: Uint8Array;
}

/** 28 × 28 bytes; all 0 where there is no ink. */
export function asImage(picture: Picture, set: ImageSetName): Uint8Array {
  const image = new Uint8Array(SIDE * SIDE);
  const ink = inkOf(picture);
  const bounds = boundsOf(ink);
  if (!bounds) return image;
  const small = scaled(cropped(ink, bounds), boxes[set]);
  const [x, y] = set === "mnist" ? centreOfMass(small) : [small.width / 2, small.height / 2];
  const [left, top] = [Math.round(SIDE / 2 - x), Math.round(SIDE / 2 - y)];
  small.values.forEach((value, k) => {
    const [column, row] = [left + (k % small.width), top + Math.floor(k / small.width)];
    if (column >= 0 && column < SIDE && row >= 0 && row < SIDE) image[row * SIDE + column] = value;
  });
  return image;
}

/** The image, and how likely the model finds each class: without probabilities its scores, which are near 0 and 1. */
export function classify(model: Model, picture: Picture, set: ImageSetName) {
  const image = asImage(picture, set);
  const { probabilities, scores } = model.predict(image);
  return { image, probabilities: Float64Array.from(probabilities ?? scores, (p) => Math.min(1, Math.max(0, p))) };
}

/** Brightness, turned round where the margin is light. */
function inkOf(picture: Picture): Grey {
  const values = instance(Uint8Array, fromPictures([picture], { channels: 1 }).features);
  const { width, height } = picture;
  const margin = values.filter((_, k) => {
    const [column, row] = [k % width, Math.floor(k / width)];
    return column === 0 || row === 0 || column === width - 1 || row === height - 1;
  });
  const light = margin.reduce((sum, v) => sum + v, 0) > 127 * margin.length;
  return { width, height, values: light ? values.map((v) => 255 - v) : values };
}

type Bounds = readonly [left: number, top: number, right: number, bottom: number];

function boundsOf({ width, values }: Grey): Bounds | undefined {
  let [left, top, right, bottom] = [width, Number.POSITIVE_INFINITY, -1, -1];
  values.forEach((value, k) => {
    if (value < INK) return;
    const [column, row] = [k % width, Math.floor(k / width)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
  });
  return right < 0 ? undefined : [left, top, right, bottom];
}

function cropped({ width, values }: Grey, [left, top, right, bottom]: Bounds): Grey {
  const [w, h] = [right - left + 1, bottom - top + 1];
  const at = (k: number) => nth(values, (top + Math.floor(k / w)) * width + left + (k % w));
  return { width: w, height: h, values: Uint8Array.from({ length: w * h }, (_, k) => at(k)) };
}

/** The longer side becomes `box`, the ratio stays. */
function scaled({ width, height, values }: Grey, box: number): Grey {
  const ratio = box / Math.max(width, height);
  const [w, h] = [Math.max(1, Math.round(ratio * width)), Math.max(1, Math.round(ratio * height))];
  const data = new Uint8Array(4 * values.length);
  values.forEach((value, k) => {
    data.set([value, value, value, 255], 4 * k);
  });
  const { features } = fromPictures([{ width, height, data }], { channels: 1, size: [h, w] });
  return { width: w, height: h, values: instance(Uint8Array, features) };
}

/** From the left and the top, in pixels. */
function centreOfMass({ width, values }: Grey): [number, number] {
  let [mass, x, y] = [0, 0, 0];
  values.forEach((value, k) => {
    mass += value;
    x += value * ((k % width) + 0.5);
    y += value * (Math.floor(k / width) + 0.5);
  });
  return [x / mass, y / mass];
}
