/** Windows that move over an image: the sizes that convolution and pooling have in common, as a call carries them. */

import type { Attributes } from "../core/recording/tensor.ts";

/** A pair of sizes, rows first. */
export type Pair = readonly [rows: number, columns: number];

export interface Windows {
  /** Size of the image. */
  readonly image: Pair;
  /** Size of the window. */
  readonly window: Pair;
  /** Places of the window: the size of the result. */
  readonly places: Pair;
  readonly stride: Pair;
  /** Positions above and left of the image that the first window covers. */
  readonly padding: Pair;
  readonly groups: number;
}

/** The windows as attributes of a call, by the names of assembly/signatures/images.ts. */
export type WindowSizes = {
  readonly [name in "h" | "w" | "kh" | "kw" | "oh" | "ow" | "sh" | "sw" | "ph" | "pw" | "groups"]: number;
};

export function attributesOf({ image, window, places, stride, padding, groups }: Windows): WindowSizes {
  const [h, w] = image;
  const [kh, kw] = window;
  const [oh, ow] = places;
  const [sh, sw] = stride;
  const [ph, pw] = padding;
  return { h, w, kh, kw, oh, ow, sh, sw, ph, pw, groups };
}

/** The windows of a call. */
export function windowsOf(attributes: Attributes): Windows {
  const { h = 0, w = 0, kh = 0, kw = 0, oh = 0, ow = 0, sh = 0, sw = 0, ph = 0, pw = 0, groups = 1 } = attributes;
  return { image: [h, w], window: [kh, kw], places: [oh, ow], stride: [sh, sw], padding: [ph, pw], groups };
}

const joined = (rows: number, columns: number): number => rows * 16777216 + columns;

/** The windows as the kernels read them: six pairs, first · 2²⁴ + second (assembly/windows.ts). */
export function coefficientsOf({ h, w, kh, kw, oh, ow, sh, sw, ph, pw, groups }: WindowSizes): number[] {
  return [joined(h, w), joined(kh, kw), joined(oh, ow), joined(sh, sw), joined(ph, pw), groups];
}

/** Positions of an image, or places of a window. */
export const area = ([rows, columns]: Pair): number => rows * columns;
