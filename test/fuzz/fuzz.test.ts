import { expect, it } from "vitest";
import { OdenetError } from "../../src/index.ts";
import { drawFrom, mutate } from "./mutate.ts";
import { targets } from "./targets.ts";

/** Inputs in all: npm run test:fuzz takes a hundred thousand. */
const INPUTS = Number(process.env.ODENET_FUZZ ?? 4000);
const SEED = Number(process.env.ODENET_FUZZ_SEED ?? 1);
const SLOWEST = 1; // seconds of processor time
const LARGEST = 200 * 1024 * 1024; // bytes that one reading may hold beyond those before it

const held = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

const all = await targets();
const each = Math.ceil(INPUTS / all.length);

it.each(all)(
  `$name: ${each} damaged files load or are refused in a sentence`,
  { timeout: 3_600_000 },
  async ({ name, seeds, read }) => {
    for (const seed of seeds) await read(seed);
    const draw = drawFrom(SEED);
    const counts = { loaded: 0, refused: 0 };
    for (let k = 0; k < each; k++) {
      const bytes = mutate(seeds, draw);
      const before = held();
      const start = process.cpuUsage();
      try {
        await read(bytes);
        counts.loaded++;
      } catch (error) {
        if (!(error instanceof OdenetError)) throw new Error(`input ${k} of ${name}: ${(error as Error).stack}`);
        expect(error.message).toMatch(/: expected [\s\S]+, got [\s\S]+\.$/);
        expect(error.message.length, error.message).toBeLessThan(1000);
        counts.refused++;
      }
      const { user, system } = process.cpuUsage(start);
      expect((user + system) / 1e6, `input ${k} of ${name}: seconds`).toBeLessThan(SLOWEST);
      expect(held() - before, `input ${k} of ${name}: bytes`).toBeLessThan(LARGEST);
    }
    expect(counts.loaded + counts.refused).toBe(each);
    expect(counts.loaded).toBeGreaterThan(0);
  },
);
