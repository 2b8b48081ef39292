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

/** The windows as attributes of a call. */
export function attributesOf({ image, window, places, stride, padding, groups }: Windows): Attributes {
  return {
    h: image[0],
    w: image[1],
    kh: window[0],
    kw: window[1],
    oh: places[0],
    ow: places[1],
    sh: stride[0],
    sw: stride[1],
    ph: padding[0],
    pw: padding[1],
    groups,
  };
}

/** The windows of a call. */
export function windowsOf(a: Attributes): Windows {
  const pair = (rows: string, columns: string): Pair => [a[rows] as number, a[columns] as number];
  return {
    image: pair("h", "w"),
    window: pair("kh", "kw"),
    places: pair("oh", "ow"),
    stride: pair("sh", "sw"),
    padding: pair("ph", "pw"),
    groups: a.groups as number,
  };
}

const joined = ([rows, columns]: Pair): number => rows * 16777216 + columns;

/** The windows as the kernels read them: six pairs, first · 2²⁴ + second (assembly/windows.ts). */
export function coefficientsOf({ image, window, places, stride, padding, groups }: Windows): number[] {
  return [...[image, window, places, stride, padding].map(joined), groups];
}

/** Positions of an image, or places of a window. */
export const area = ([rows, columns]: Pair): number => rows * columns;
