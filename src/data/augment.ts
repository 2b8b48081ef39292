/** Random changes of images that keep their class: shifted, cropped, mirrored, each example by numbers of its own. */
import { OdenetError } from "../core/errors.ts";
import { Random, streams } from "../core/random.ts";
import { countExamples, type Dataset, emptyLike } from "./dataset.ts";
import { checkSeed } from "./generator.ts";

/** Options of `augment`. */
export interface AugmentOptions {
  /** Mirrors every other image, on average, left to right. Default false. */
  flip?: boolean;
  /** Moves an image by up to so many pixels in each direction, zeros coming in. Default 0. */
  shift?: number;
  /** Cuts a part of `[height, width]` out of the (shifted) image; default the whole. */
  crop?: readonly [number, number];
  /** Default 0. Give each epoch or batch another one. */
  seed?: number;
}

/** Whole numbers an example draws: mirrored, and the place in each direction. */
const DRAWS = 3;

/**
 * Changes every image of a data set at random and returns the new ones (arrays of the same type), labels untouched. What
 * happens to example i depends on the seed and i alone. Throws `shape` unless the data say that they are images
 * (`shape: [channels, height, width]`), `option` for sizes that do not fit.
 */
export function augment<D extends Dataset>(data: D, options: AugmentOptions = {}): D {
  const { flip = false, shift = 0, seed = 0 } = options;
  const n = countExamples(data, "augment");
  checkSeed("augment", seed);
  if (typeof data.shape !== "object") {
    throw new OdenetError(
      "shape",
      "augment: expected images with shape [channels, height, width], got data without it. Set shape on the data.",
    );
  }
  const [channels, height, width] = data.shape;
  const [h, w] = options.crop ?? [height, width];
  const whole = [shift, h, w].every(Number.isInteger);
  if (!whole || shift < 0 || shift >= Math.min(height, width) || h < 1 || h > height || w < 1 || w > width) {
    throw new OdenetError(
      "option",
      `augment: expected a shift from 0 to ${Math.min(height, width) - 1} and a crop within ${height} × ${width}, got shift ${String(shift)} and crop ${String(h)} × ${String(w)}. Images stay inside their frame.`,
    );
  }
  const from = rowsOf(data.features as ArrayLike<number> | readonly ArrayLike<number>[], channels * height * width);
  const features = emptyLike(
    (Array.isArray(data.features) ? Float64Array.of() : data.features) as Float64Array,
    n * channels * h * w,
  );
  const draws = new Random(seed, streams.data).uniform(n * DRAWS);
  const place = (draw: number, room: number): number => Math.floor((draws[draw] as number) * (room + 1)) - shift;
  for (let i = 0; i < n; i++) {
    const mirrored = flip && (draws[i * DRAWS] as number) < 0.5;
    const top = place(i * DRAWS + 1, height - h + 2 * shift);
    const left = place(i * DRAWS + 2, width - w + 2 * shift);
    const { values, start } = from(i);
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < h; y++) {
        const to = ((i * channels + c) * h + y) * w;
        if (top + y < 0 || top + y >= height) continue;
        const row = start + (c * height + top + y) * width;
        for (let x = 0; x < w; x++) {
          const at = left + (mirrored ? w - 1 - x : x);
          if (at >= 0 && at < width) features[to + x] = values[row + at] as number;
        }
      }
    }
  }
  return { ...data, features, shape: [channels, h, w] as const };
}

/** Where the numbers of example i begin, flat or nested. */
function rowsOf(features: ArrayLike<number> | readonly ArrayLike<number>[], numbers: number) {
  const nested = typeof features[0] === "object";
  return (i: number): { values: ArrayLike<number>; start: number } =>
    nested
      ? { values: features[i] as ArrayLike<number>, start: 0 }
      : { values: features as ArrayLike<number>, start: i * numbers };
}
