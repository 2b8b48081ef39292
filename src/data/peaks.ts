/** z = 3(1−x)² e^{−x²−(y+1)²} − 10(x/5 − x³ − y⁵) e^{−x²−y²} − ⅓ e^{−(x+1)²−y²}; a class is one fifth of z's range. */
import { exp } from "../core/scalar.ts";
import {
  addNoise,
  classSizes,
  type Generator,
  type GeneratorOptions,
  generatorRules,
  type Points,
  pointRandom,
} from "./generator.ts";

const GRID = 256;
const CLASSES = 5;

/** The function "peaks" of MATLAB at (x, y). */
export function peaksFunction(x: number, y: number): number {
  return (
    3 * (1 - x) * (1 - x) * exp(-x * x - (y + 1) * (y + 1)) -
    10 * (x / 5 - x * x * x - y * y * y * y * y) * exp(-x * x - y * y) -
    exp(-(x + 1) * (x + 1) - y * y) / 3
  );
}

/** The 256 × 256 grid on [−3, 3]²: z over it in fifths, and the points of each class as `row · 256 + column`. */
export interface PeaksGrid {
  readonly min: number;
  readonly max: number;
  /** Height of a class, (max − min) / 5. */
  readonly hc: number;
  readonly members: readonly Uint32Array[];
}

const coordinate = (i: number) => -3 + (6 * i) / (GRID - 1);

let grid: PeaksGrid | undefined;

/** The grid, computed at its first use. */
export function peaksGrid(): PeaksGrid {
  if (grid) return grid;
  const z = Float64Array.from({ length: GRID * GRID }, (_, i) =>
    peaksFunction(coordinate(i % GRID), coordinate(Math.floor(i / GRID))),
  );
  const min = z.reduce((a, b) => Math.min(a, b));
  const max = z.reduce((a, b) => Math.max(a, b));
  const hc = (max - min) / CLASSES;
  const members = Array.from({ length: CLASSES }, (): number[] => []);
  z.forEach((value, i) => {
    members[fifth(value, min, hc)]?.push(i);
  });
  grid = { min, max, hc, members: members.map((indices) => Uint32Array.from(indices)) };
  return grid;
}

/** Class i holds min + i hc < z ≤ min + (i + 1) hc; the minimum itself is in class 0. */
function fifth(z: number, min: number, hc: number): number {
  let i = 0;
  while (i < CLASSES - 1 && z > min + (i + 1) * hc) i++;
  return i;
}

/** The class 0 … 4 of a value z of `peaksFunction`. */
export function peaksClass(z: number): number {
  const { min, hc } = peaksGrid();
  return fifth(z, min, hc);
}

/**
 * Five classes of points (x, y), the fifths of the function "peaks" over [−3, 3]². Each class's points are drawn with
 * replacement from its points on a 256 × 256 grid. 5,000 examples unless told. Throws `option`.
 * Source: E. Haber, L. Ruthotto, "Stable architectures for deep neural networks", 2017.
 */
export function peaks({ examples = 5000, noise = 0, seed = 0 }: GeneratorOptions = {}): Points {
  const sizes = classSizes("peaks", examples, CLASSES);
  const random = pointRandom("peaks", seed);
  const features = new Float64Array(2 * examples);
  const labels = new Uint8Array(examples);
  let at = 0;
  peaksGrid().members.forEach((members, label) => {
    for (const draw of random.integers(sizes[label] as number, members.length)) {
      const point = members[draw] as number;
      features[2 * at] = coordinate(point % GRID);
      features[2 * at + 1] = coordinate(Math.floor(point / GRID));
      labels[at++] = label;
    }
  });
  addNoise("peaks", features, noise, seed);
  return { features, labels, classes: ["0", "1", "2", "3", "4"], shape: 2 };
}

export const peaksEntry: Generator<Points> = {
  name: "peaks",
  label: "peaks",
  options: generatorRules(5000),
  make: peaks,
};
