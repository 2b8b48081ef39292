/**
 * Colour textures: pixel = background + (0.5 + 0.5 s) · (foreground − background) + noise, s one of five patterns in [−1, 1]
 * with a random wavelength and phase; the colours say nothing about the class, so that only a net that looks at
 * neighbouring pixels learns it.
 */
import { OdenetError } from "../core/errors.ts";
import { Random, streams } from "../core/random.ts";
import type { Rules } from "../core/registry.ts";
import { cos, sin } from "../core/scalar.ts";
import type { Dataset } from "./dataset.ts";
import { classSizes, type Generator, type GeneratorOptions, generatorRules, pointRandom } from "./generator.ts";

/** Options of `textures`. */
export interface TexturesOptions extends GeneratorOptions {
  /** Pixels a side, default 32. */
  size?: number;
}

type Pattern = (x: number, y: number) => number;

/** s over coordinates in units of the wavelength. */
const PATTERNS: Readonly<Record<string, Pattern>> = {
  horizontal: (_x, y) => sin(TURN * y),
  vertical: (x) => sin(TURN * x),
  diagonal: (x, y) => sin(TURN * (x + y) * Math.SQRT1_2),
  checks: (x, y) => (sin(TURN * x) * sin(TURN * y) < 0 ? -1 : 1),
  rings: (x, y) => cos(TURN * Math.sqrt(x * x + y * y)),
};

const TURN = 2 * Math.PI;
/** Colours (6), wavelength, phase in x and y. */
const DRAWS = 9;
const SMALLEST = 8;
const LARGEST = 512;

/**
 * Colour images of five textures (horizontal, vertical and diagonal stripes, checks, rings), grouped by class, as bytes of
 * shape `[3, size, size]`. 1,000 examples unless told; `noise` is the standard deviation as a share of the range, default
 * 0.05. Throws `option`.
 */
export function textures({ examples = 1000, size = 32, noise = 0.05, seed = 0 }: TexturesOptions = {}): Dataset {
  const names = Object.keys(PATTERNS);
  const sizes = classSizes("textures", examples, names.length);
  if (!Number.isInteger(size) || size < SMALLEST || size > LARGEST) {
    throw new OdenetError(
      "option",
      `textures: expected size to be a whole number from ${SMALLEST} to ${LARGEST}, got ${String(size)}. It is the pixels a side, e.g. size: 32.`,
    );
  }
  if (!Number.isFinite(noise) || noise < 0) {
    throw new OdenetError(
      "option",
      `textures: expected noise to be a number from 0, got ${String(noise)}. It is a standard deviation, e.g. noise: 0.05.`,
    );
  }
  const random = pointRandom("textures", seed);
  const errors = new Random(seed, streams.noise);
  const plane = size * size;
  const features = new Uint8Array(examples * 3 * plane);
  const labels = new Uint8Array(examples);
  let example = 0;
  names.forEach((name, label) => {
    for (let k = 0; k < (sizes[label] as number); k++, example++) {
      const image = features.subarray(example * 3 * plane, (example + 1) * 3 * plane);
      paint(image, PATTERNS[name] as Pattern, random.uniform(DRAWS), size);
      if (noise > 0) addErrors(image, errors.normal(3 * plane), noise);
      labels[example] = label;
    }
  });
  return { features, labels, classes: names, shape: [3, size, size] };
}

function paint(image: Uint8Array, pattern: Pattern, draws: Float64Array, size: number): void {
  const draw = (k: number): number => draws[k] as number;
  const wavelength = size * (0.15 + 0.2 * draw(6));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const s = 0.5 + 0.5 * pattern(x / wavelength + draw(7), y / wavelength + draw(8));
      for (let c = 0; c < 3; c++) {
        // The two colours differ by at least a quarter of the range in every channel.
        const background = 0.75 * draw(c);
        const foreground = background + 0.25 + (0.75 - background) * draw(3 + c);
        image[(c * size + y) * size + x] = Math.round(255 * (background + s * (foreground - background)));
      }
    }
  }
}

function addErrors(image: Uint8Array, errors: Float64Array, noise: number): void {
  for (let i = 0; i < image.length; i++) {
    const value = Math.round((image[i] as number) + 255 * noise * (errors[i] as number));
    image[i] = Math.min(255, Math.max(0, value));
  }
}

const options: Rules<TexturesOptions> = {
  ...generatorRules(1000, 0.05),
  size: { kind: "whole", label: "pixels a side", from: SMALLEST, to: LARGEST, initial: 32 },
};

export const texturesEntry: Generator = { name: "textures", label: "textures", options, make: textures };
