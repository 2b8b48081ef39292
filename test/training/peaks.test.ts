import { expect, it } from "vitest";
import { LEAST, learnPeaks } from "./learnPeaks.ts";

// All ten seeds: npm run bench -- peaks.
it.each([1, 2, 3])(
  "peaks is learned: at least 97 % on fresh points, seed %d",
  async (seed) => {
    expect(await learnPeaks(seed)).toBeGreaterThanOrEqual(LEAST);
  },
  60_000,
);
