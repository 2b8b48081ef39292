/** (x, y) = (cos πv, sin πv), v uniform on [0, 1): class 0; class 1 is it turned by π about (½, ¼): (1 − cos πv, ½ − sin πv). */
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

/**
 * Two half circles that reach into each other, the upper one first. 1,000 examples unless told. Throws `option`.
 * Source: the geometry of scikit-learn's make_moons, with angles at random.
 */
export function moons({ examples = 1000, noise = 0, seed = 0 }: GeneratorOptions = {}): Points {
  const [upper = 0] = classSizes("moons", examples, 2);
  const features = new Float64Array(2 * examples);
  pointRandom("moons", seed)
    .uniform(examples)
    .forEach((v, i) => {
      const [x, y] = [cos(Math.PI * v), sin(Math.PI * v)];
      features.set(i < upper ? [x, y] : [1 - x, 0.5 - y], 2 * i);
    });
  addNoise("moons", features, noise, seed);
  return { features, labels: new Uint8Array(examples).fill(1, upper), classes: ["upper", "lower"], shape: 2 };
}

export const moonsEntry: Generator<Points> = {
  name: "moons",
  label: "moons",
  options: generatorRules(1000),
  make: moons,
};
