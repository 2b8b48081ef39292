/** (x, y) = (r cos φ, r sin φ), r = 0.1 + 0.9 s, φ = 2π (turns · s + k / arms), s = √u, u uniform on [0, 1): class k. */
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

/** Options of `spirals`. */
export interface SpiralsOptions extends GeneratorOptions {
  /** Number of arms, one class each, 1 to 255, default 2. */
  arms?: number;
  /** Turns of an arm from its inner to its outer end, −100 to 100, default 1.5. */
  turns?: number;
}

/** The point of arm k at s from 0 (inner end) to 1. */
export function spiralPoint(s: number, k: number, arms: number, turns: number): [x: number, y: number] {
  const r = 0.1 + 0.9 * s;
  const phi = 2 * Math.PI * (turns * s + k / arms);
  return [r * cos(phi), r * sin(phi)];
}

/**
 * Spiral arms around the origin, one class each; s = √u spreads the points about evenly along an arm. 1,000 examples
 * unless told. Throws `option`. Source: after K. Lang, M. Witbrock, "Learning to tell two spirals apart", 1988.
 */
export function spirals(options: SpiralsOptions = {}): Points {
  const { examples = 1000, noise = 0, seed = 0, arms = 2, turns = 1.5 } = options;
  if (!Number.isInteger(arms) || arms < 1 || arms > 255) {
    throw new OdenetError(
      "option",
      `spirals: expected arms to be a whole number from 1 to 255, got ${String(arms)}. There is one class an arm.`,
    );
  }
  if (!(Math.abs(turns) <= 100)) {
    throw new OdenetError(
      "option",
      `spirals: expected turns to be from -100 to 100, got ${String(turns)}. Two is already hard to learn.`,
    );
  }
  const sizes = classSizes("spirals", examples, arms);
  const u = pointRandom("spirals", seed).uniform(examples);
  const features = new Float64Array(2 * examples);
  const labels = new Uint8Array(examples);
  let at = 0;
  sizes.forEach((size, k) => {
    for (let i = 0; i < size; i++, at++) {
      features.set(spiralPoint(Math.sqrt(u[at] as number), k, arms, turns), 2 * at);
      labels[at] = k;
    }
  });
  addNoise("spirals", features, noise, seed);
  return { features, labels, classes: Array.from({ length: arms }, (_, k) => String(k)), shape: 2 };
}

const options: Rules<SpiralsOptions> = {
  ...generatorRules(1000),
  arms: { kind: "whole", label: "arms", from: 1, to: 255, initial: 2 },
  turns: { kind: "number", label: "turns", from: -100, to: 100, initial: 1.5 },
};

export const spiralsEntry: Generator<Points> = { name: "spirals", label: "spirals", options, make: spirals };
