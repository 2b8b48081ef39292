/** The generators, for whoever offers data by name. */
import { circlesEntry } from "./circles.ts";
import { ellipsesEntry } from "./ellipses.ts";
import type { Generator, Points } from "./generator.ts";
import { moonsEntry } from "./moons.ts";
import { peaksEntry } from "./peaks.ts";
import { spiralsEntry } from "./spirals.ts";
import { swissRollEntry } from "./swissRoll.ts";
import { texturesEntry } from "./textures.ts";

export { moons } from "./moons.ts";

/** Those of points of the plane, in the order in which they are offered. */
export const planeGenerators: readonly Generator<Points>[] = [
  peaksEntry,
  ellipsesEntry,
  circlesEntry,
  moonsEntry,
  swissRollEntry,
  spiralsEntry,
];

/** All of them by name. */
export const generators: Readonly<Record<string, Generator>> = Object.fromEntries(
  [...planeGenerators, texturesEntry].map((entry) => [entry.name, entry]),
);
