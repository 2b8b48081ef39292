/** (x, y) = (r cos θ, r sin θ), θ = 4πt, t = 0 … 1 evenly: class 0 has r = t, class 1 has r = t + 0.2. */
import { cos, sin } from "../core/scalar.ts";
import {
  addNoise,
  checkSeed,
  classSizes,
  type Generator,
  type GeneratorOptions,
  generatorRules,
  type Points,
} from "./generator.ts";

/** The point of a class (0 or 1) at t from 0 to 1. */
export function swissRollPoint(t: number, label: number): [x: number, y: number] {
  const r = t + 0.2 * label;
  return [r * cos(4 * Math.PI * t), r * sin(4 * Math.PI * t)];
}

/**
 * Two spiral arms of two turns, one inside the other. Without noise the points do not depend on the seed. The course
 * takes 1,026 examples (the default) and trains on every other one. Throws `option`.
 * Source: setupSwissRoll of the course Numerical Methods for Deep Learning.
 */
export function swissRoll({ examples = 1026, noise = 0, seed = 0 }: GeneratorOptions = {}): Points {
  const sizes = classSizes("swissRoll", examples, 2) as [number, number];
  checkSeed("swissRoll", seed);
  const features = new Float64Array(2 * examples);
  sizes.forEach((size, label) => {
    const start = label * sizes[0];
    for (let i = 0; i < size; i++) features.set(swissRollPoint(i / Math.max(size - 1, 1), label), 2 * (start + i));
  });
  addNoise("swissRoll", features, noise, seed);
  return { features, labels: new Uint8Array(examples).fill(1, sizes[0]), classes: ["inner", "outer"], shape: 2 };
}

export const swissRollEntry: Generator<Points> = {
  name: "swissRoll",
  label: "Swiss roll",
  options: generatorRules(1026),
  make: swissRoll,
};
