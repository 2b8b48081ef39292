/** (x, y) = (r cos 2πv, 0.4 r sin 2πv): class 1 inside, r = u; class 0 around it, r = 1 + u; u, v uniform on [0, 1). */
import { cos, sin } from "../core/scalar.ts";
import {
  addNoise,
  classSizes,
  type Generator,
  type GeneratorOptions,
  generatorRules,
  type Points,
  pointRandom,
} from "./generator.ts";

/** The point at radius r and v turns. */
export function ellipsePoint(r: number, v: number): [x: number, y: number] {
  return [r * cos(2 * Math.PI * v), 0.4 * r * sin(2 * Math.PI * v)];
}

/**
 * The features made of given uniform numbers: `inner` radii, `inner` turns, `outer` radii less one, `outer` turns.
 * `u` holds `2 · (inner + outer)` numbers.
 */
export function ellipsesFrom(u: Float64Array, inner: number, outer: number): Float64Array {
  const features = new Float64Array(2 * (inner + outer));
  for (let i = 0; i < inner; i++) features.set(ellipsePoint(u[i] as number, u[inner + i] as number), 2 * i);
  for (let i = 0; i < outer; i++) {
    const from = 2 * inner + i;
    features.set(ellipsePoint(1 + (u[from] as number), u[from + outer] as number), 2 * (inner + i));
  }
  return features;
}

/**
 * Two classes: an ellipse (label 1, first in order) inside an elliptic ring (label 0). 1,000 examples unless told.
 * Throws `option`. Source: setupEllipses of the course Numerical Methods for Deep Learning.
 */
export function ellipses({ examples = 1000, noise = 0, seed = 0 }: GeneratorOptions = {}): Points {
  const [inner, outer] = classSizes("ellipses", examples, 2) as [number, number];
  const features = ellipsesFrom(pointRandom("ellipses", seed).uniform(2 * examples), inner, outer);
  addNoise("ellipses", features, noise, seed);
  return { features, labels: new Uint8Array(examples).fill(1, 0, inner), classes: ["outer", "inner"], shape: 2 };
}

export const ellipsesEntry: Generator<Points> = {
  name: "ellipses",
  label: "ellipses",
  options: generatorRules(1000),
  make: ellipses,
};
