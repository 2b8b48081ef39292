/** (x, y) = (r cos 2πv, r sin 2πv), v uniform on [0, 1): class 0 has r = 1, class 1 has r = factor. */
import { OdenetError } from "../core/errors.ts";
import type { Rules } from "../core/registry.ts";
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

/** Options of `circles`. */
export interface CirclesOptions extends GeneratorOptions {
  /** Radius of the inner circle, between 0 and 1, default 0.5. */
  factor?: number;
}

/**
 * Two concentric circles, the outer one first. 1,000 examples unless told. Throws `option`.
 * Source: the geometry of scikit-learn's make_circles, with angles at random.
 */
export function circles({ examples = 1000, noise = 0, seed = 0, factor = 0.5 }: CirclesOptions = {}): Points {
  if (!(factor > 0 && factor < 1)) {
    throw new OdenetError(
      "option",
      `circles: expected factor to be between 0 and 1, got ${String(factor)}. It is the radius of the inner circle; the outer one has radius 1.`,
    );
  }
  const [outer] = classSizes("circles", examples, 2) as [number, number];
  const features = new Float64Array(2 * examples);
  pointRandom("circles", seed)
    .uniform(examples)
    .forEach((v, i) => {
      const r = i < outer ? 1 : factor;
      features[2 * i] = r * cos(2 * Math.PI * v);
      features[2 * i + 1] = r * sin(2 * Math.PI * v);
    });
  addNoise("circles", features, noise, seed);
  return { features, labels: new Uint8Array(examples).fill(1, outer), classes: ["outer", "inner"], shape: 2 };
}

const options: Rules<CirclesOptions> = {
  ...generatorRules(1000),
  factor: { kind: "number", label: "inner radius", above: 0, below: 1, initial: 0.5 },
};

export const circlesEntry: Generator<Points> = { name: "circles", label: "circles", options, make: circles };
