import { expect, it } from "vitest";
import { LEAST, learnPeaks } from "./learnPeaks.ts";

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);

// With its numbers: npm run bench -- peaks.
it.each(seeds)("peaks is learned: at least 97 percent on fresh points, seed %d", async (seed) => {
  expect(await learnPeaks(seed)).toBeGreaterThanOrEqual(LEAST);
});
