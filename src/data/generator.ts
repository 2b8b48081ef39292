/** points ← points + noise · ε, ε standard normal: what all generators have in common. */
import { OdenetError } from "../core/errors.ts";
import { Random, streams } from "../core/random.ts";
import type { Entry, Rules } from "../core/registry.ts";
import type { Dataset } from "./dataset.ts";

/** Options of every generator. */
export interface GeneratorOptions {
  /** How many points in all, spread over the classes as evenly as possible; a remainder goes to the first classes. */
  examples?: number;
  /** Standard deviation of the normal noise added to each coordinate, default 0. It never changes a label. */
  noise?: number;
  /** Seed of all random numbers, default 0. The noise has its own stream, so it does not move the points below it. */
  seed?: number;
}

/** A generator as the command and the lab offer it. */
export interface Generator<D extends Dataset = Dataset> extends Entry {
  make(options?: GeneratorOptions): D;
}

/** Rules for the options of every generator. */
export const generatorRules = (examples: number, noise = 0): Rules<GeneratorOptions> => ({
  examples: { kind: "whole", label: "examples", from: 1, to: MOST_EXAMPLES, initial: examples },
  noise: { kind: "number", label: "noise", from: 0, initial: noise },
  seed: { kind: "whole", label: "seed", initial: 0 },
});

/** Points of the plane with a class each, grouped by class. */
export interface Points {
  /** n × 2 numbers, example by example. */
  readonly features: Float64Array;
  /** n class indices. */
  readonly labels: Uint8Array;
  readonly classes: readonly string[];
  readonly shape: 2;
}

const MOST_EXAMPLES = 1 << 27; // 2 GB of coordinates, the largest array every engine allows

/** How many of the examples each class gets. Throws `option` unless examples is an integer from 1. */
export function classSizes(where: string, examples: number, classes: number): number[] {
  if (!Number.isInteger(examples) || examples < 1 || examples > MOST_EXAMPLES) {
    throw new OdenetError(
      "option",
      `${where}: expected examples to be a whole number from 1 to ${MOST_EXAMPLES}, got ${String(examples)}. Say how many points you want, e.g. ${where}({ examples: 1000 }).`,
    );
  }
  return Array.from({ length: classes }, (_, i) => Math.floor((examples + classes - 1 - i) / classes));
}

/** A random generator for the points. Throws `option` unless the seed is a safe integer. */
export function pointRandom(where: string, seed: number): Random {
  checkSeed(where, seed);
  return new Random(seed, streams.data);
}

/** Throws `option` unless the seed is a safe integer, as `Random` takes it. */
export function checkSeed(where: string, seed: number): void {
  if (!Number.isSafeInteger(seed)) {
    throw new OdenetError(
      "option",
      `${where}: expected seed to be a whole number below 2^53, got ${String(seed)}. Any such number will do, e.g. seed: 1.`,
    );
  }
}

/** Adds the noise to the features in place. Throws `option` unless the noise is a finite number from 0. */
export function addNoise(where: string, features: Float64Array, noise: number, seed: number): void {
  if (!Number.isFinite(noise) || noise < 0) {
    throw new OdenetError(
      "option",
      `${where}: expected noise to be a number from 0, got ${String(noise)}. It is the standard deviation of the noise, e.g. noise: 0.05.`,
    );
  }
  if (noise === 0) return;
  const epsilon = new Random(seed, streams.noise).normal(features.length);
  for (let i = 0; i < features.length; i++) features[i] = (features[i] as number) + noise * (epsilon[i] as number);
}
