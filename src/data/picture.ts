/** Pictures as a canvas holds them (RGBA, row by row) → images as a network takes them (channels × height × width). */
import { OdenetError } from "../core/errors.ts";
import type { Dataset, Labels } from "./dataset.ts";

/** A canvas's `ImageData`, or anything of the same form. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 4 · width · height bytes: red, green, blue, alpha, row by row. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Options of `fromPictures`. */
export interface PictureOptions {
  /** 3: red, green and blue; 1: their brightness, 0.299 R + 0.587 G + 0.114 B (Rec. 601). Default 3. */
  channels?: 1 | 3;
  /**
   * `[height, width]` of the images. The largest centred part of a picture with that ratio is averaged over it. Default: the
   * pictures' own, which must then be the same.
   */
  size?: readonly [number, number];
  /** Class indices, one a picture; default all 0, for data to predict. */
  labels?: Labels;
  classes?: readonly string[];
}

const MOST_PIXELS = 1 << 26;

/**
 * Pictures as a data set of bytes of shape `[channels, height, width]`; transparent pixels are laid on white. Throws
 * `shape` for pictures of different sizes without `size`, `value` for one that is no picture, `option` and `length`.
 */
export function fromPictures(pictures: readonly Picture[], options: PictureOptions = {}): Dataset {
  const { channels = 3, classes } = options;
  const first = pictures[0];
  if (!first) throw new OdenetError("length", "fromPictures: expected at least one picture, got none.");
  if (channels !== 1 && channels !== 3) {
    throw new OdenetError("option", `fromPictures: expected channels to be 1 or 3, got ${String(channels)}.`);
  }
  pictures.forEach(checkPicture);
  const [height, width] = options.size ?? [first.height, first.width];
  if (![height, width].every((n) => Number.isInteger(n) && n >= 1) || height * width > MOST_PIXELS) {
    throw new OdenetError(
      "option",
      `fromPictures: expected size to be [height, width] in whole pixels, got ${String(options.size)}. For example [32, 32].`,
    );
  }
  const labels = options.labels ?? new Uint8Array(pictures.length);
  if (labels.length !== pictures.length) {
    throw new OdenetError(
      "length",
      `fromPictures: expected one label a picture, got ${labels.length} for ${pictures.length} pictures.`,
    );
  }
  const numbers = channels * height * width;
  const features = new Uint8Array(pictures.length * numbers);
  pictures.forEach((picture, i) => {
    if (!options.size && (picture.height !== height || picture.width !== width)) {
      throw new OdenetError(
        "shape",
        `fromPictures: expected pictures of one size, got ${picture.height} × ${picture.width} after ${height} × ${width} in picture ${i}. Pass size: [height, width] to scale them.`,
      );
    }
    draw(features.subarray(i * numbers, (i + 1) * numbers), channels, height, width, picture);
  });
  return { features, labels, shape: [channels, height, width], ...(classes ? { classes } : {}) };
}

function checkPicture(picture: Picture, i: number): void {
  const { width, height, data } = picture ?? {};
  const bytes = data instanceof Uint8Array || Object.prototype.toString.call(data) === "[object Uint8ClampedArray]";
  if (!bytes || !Number.isInteger(width) || !Number.isInteger(height) || data.length !== 4 * width * height) {
    throw new OdenetError(
      "value",
      `fromPictures: expected picture ${i} as { width, height, data } with 4 bytes a pixel, got ${data?.length ?? "no"} bytes for ${String(width)} × ${String(height)}. Pass a canvas's getImageData, or what readPicture returns.`,
    );
  }
}

/** Averages the picture's centre over the pixels of the image. */
function draw(image: Uint8Array, channels: 1 | 3, height: number, width: number, picture: Picture): void {
  const ratio = Math.min(picture.height / height, picture.width / width);
  const rows = shares(picture.height, height, ratio);
  const columns = shares(picture.width, width, ratio);
  const sum = new Float64Array(3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      sum.fill(0);
      for (const [py, wy] of rows[y] as Share[]) {
        for (const [px, wx] of columns[x] as Share[]) {
          const at = 4 * (py * picture.width + px);
          const opaque = (picture.data[at + 3] as number) / 255;
          for (let c = 0; c < 3; c++) {
            const colour = opaque * (picture.data[at + c] as number) + (1 - opaque) * 255;
            sum[c] = (sum[c] as number) + wy * wx * colour;
          }
        }
      }
      const [r, g, b] = sum as unknown as [number, number, number];
      const values = channels === 3 ? [r, g, b] : [0.299 * r + 0.587 * g + 0.114 * b];
      values.forEach((value, c) => {
        image[(c * height + y) * width + x] = Math.round(value);
      });
    }
  }
}

/** A pixel of the picture and its share of a pixel of the image; the shares of one pixel add up to 1. */
type Share = readonly [pixel: number, share: number];

/** Which pixels of `length` each of `count` new ones covers, `ratio` of them, in the centre. */
function shares(length: number, count: number, ratio: number): Share[][] {
  const start = (length - count * ratio) / 2;
  return Array.from({ length: count }, (_, k) => {
    const [from, to] = [start + k * ratio, start + (k + 1) * ratio];
    const list: Share[] = [];
    for (let p = Math.max(0, Math.floor(from)); p < Math.min(length, Math.ceil(to)); p++) {
      const share = (Math.min(to, p + 1) - Math.max(from, p)) / ratio;
      if (share > 0) list.push([p, share]);
    }
    return list;
  });
}
