import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { planeGenerators } from "../../src/data/generators.ts";
import {
  circles,
  ellipses,
  ellipsesFrom,
  peaks,
  peaksClass,
  peaksFunction,
  peaksGrid,
  spirals,
  swissRoll,
} from "../../src/data/index.ts";
import { errorOf } from "./errors.ts";

interface Fixture {
  ellipses: { u: number[]; Y: number[][]; C: number[] };
  swissroll: Record<"Ytrain_first10" | "Ytrain_last10" | "Yval_first10" | "Yval_last10", number[][]> & {
    Ctrain_row0_sum: number;
    Cval_row0_sum: number;
  };
  peaks: {
    min: number;
    max: number;
    hc: number;
    class_counts: number[];
    points: number[][];
    z: number[];
    labels: number[];
    grid_samples: [number, number, number, number, number, number][];
  };
}
const fixture: Fixture = JSON.parse(readFileSync("test/fixtures/data_generators.json", "utf8"));

/** ‖a − b‖ / max(‖b‖, 1e-3). */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    difference += (x - y) * (x - y);
    norm += y * y;
  }
  return Math.sqrt(difference) / Math.max(Math.sqrt(norm), 1e-3);
}

/** Features × examples, as the fixtures have it, to example by example. */
const byExample = ([x, y]: number[][]) => (x as number[]).flatMap((value, i) => [value, (y as number[])[i] as number]);

const generators = planeGenerators.map(({ name, make }): [string, typeof make] => [name, make]);

describe.each(generators)("%s", (name, generator) => {
  const points = generator({ examples: 1003, seed: 3, noise: 0.01 });
  const count = (labels: Uint8Array, k: number) => labels.filter((label) => label === k).length;

  it("gives the same bits for the same seed", () => {
    const again = generator({ examples: 1003, seed: 3, noise: 0.01 });
    expect(new Uint8Array(again.features.buffer)).toEqual(new Uint8Array(points.features.buffer));
    expect(again.labels).toEqual(points.labels);
  });

  it("gives other points for another seed", () => {
    const other = generator({ examples: 1003, seed: 4, noise: 0.01 });
    const same = other.features.filter((value, i) => value === points.features[i]).length;
    expect(same).toBeLessThan(20);
    expect(other.labels).toEqual(points.labels);
  });

  it("has the lengths it says, finite and bounded coordinates", () => {
    expect(points.shape).toBe(2);
    expect(points.features).toHaveLength(2006);
    expect(points.labels).toHaveLength(1003);
    expect(points.features.every((value) => Math.abs(value) < 3.1)).toBe(true);
  });

  it("balances the classes and groups them; a remainder goes to the first ones", () => {
    const counts = points.classes.map((_, k) => count(points.labels, k));
    expect(counts.reduce((a, b) => a + b)).toBe(1003);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    const changes = points.labels.filter((label, i) => i > 0 && label !== points.labels[i - 1]).length;
    expect(changes).toBe(points.classes.length - 1);
    expect(count(points.labels, points.labels[0] as number)).toBe(Math.max(...counts));
  });

  it("adds noise of the given deviation to the features, never to the labels", () => {
    const clean = generator({ examples: 4000, seed: 5 });
    const noisy = generator({ examples: 4000, seed: 5, noise: 0.1 });
    expect(noisy.labels).toEqual(clean.labels);
    const squares = noisy.features.map((value, i) => {
      const difference = value - (clean.features[i] as number);
      return difference * difference;
    });
    const deviation = Math.sqrt(squares.reduce((a, b) => a + b) / squares.length);
    expect(Math.abs(deviation - 0.1)).toBeLessThan(0.005);
  });

  it("takes one example, and as many as classes", () => {
    expect(generator({ examples: 1 }).features.every(Number.isFinite)).toBe(true);
    expect(new Set(generator({ examples: points.classes.length }).labels).size).toBe(points.classes.length);
  });

  it("has defaults for everything", () => {
    expect(generator().features).toEqual(generator({ noise: 0, seed: 0 }).features);
  });

  it.each([0, -5, 2.5, Number.NaN, Number.POSITIVE_INFINITY, 1e12, "10" as unknown as number])(
    "refuses %s examples",
    (examples) => {
      const error = errorOf(() => generator({ examples }));
      expect(error.code).toBe("option");
      expect(error.message).toBe(
        `${name}: expected examples to be a whole number from 1 to 134217728, got ${examples}. Say how many points you want, e.g. ${name}({ examples: 1000 }).`,
      );
    },
  );

  it.each([-0.1, Number.NaN, Number.POSITIVE_INFINITY])("refuses noise %s", (noise) => {
    expect(errorOf(() => generator({ noise })).message).toContain(
      `${name}: expected noise to be a number from 0, got ${noise}.`,
    );
  });

  it.each([0.5, 9007199254740992, Number.NaN, "1" as unknown as number])("refuses seed %s", (seed) => {
    expect(errorOf(() => generator({ seed })).message).toContain(
      `${name}: expected seed to be a whole number below 2^53, got ${seed}.`,
    );
  });
});

describe("peaks against the fixture", () => {
  it("has the function's values", () => {
    const [x, y] = fixture.peaks.points as [number[], number[]];
    const z = x.map((value, i) => peaksFunction(value, y[i] as number));
    expect(distance(z, fixture.peaks.z)).toBeLessThan(1e-12);
    expect(z.map(peaksClass)).toEqual(fixture.peaks.labels);
  });

  it("has the grid's thresholds and the number of points of each class", () => {
    const { min, max, hc, members } = peaksGrid();
    expect(distance([min, max, hc], [fixture.peaks.min, fixture.peaks.max, fixture.peaks.hc])).toBeLessThan(1e-12);
    expect(members.map((indices) => indices.length)).toEqual(fixture.peaks.class_counts);
    expect(peaksGrid().members).toBe(members);
  });

  it("has the grid's sampled points", () => {
    for (const [row, column, x, y, z, label] of fixture.peaks.grid_samples) {
      const point = [-3 + (6 * column) / 255, -3 + (6 * row) / 255] as const;
      expect(distance(point, [x, y])).toBeLessThan(1e-12);
      expect(distance([peaksFunction(...point)], [z])).toBeLessThan(1e-12);
      expect(peaksGrid().members[label]).toContain(row * 256 + column);
    }
  });

  it("puts the minimum into class 0 and the maximum into class 4", () => {
    expect([peaksClass(peaksGrid().min), peaksClass(peaksGrid().max)]).toEqual([0, 4]);
  });

  it("draws points of the grid, each in its class, some of them twice", () => {
    const { features, labels } = peaks({ examples: 5000, seed: 11 });
    const seen = new Set<string>();
    labels.forEach((label, i) => {
      const [x, y] = features.subarray(2 * i, 2 * i + 2) as unknown as [number, number];
      expect(peaksClass(peaksFunction(x, y))).toBe(label);
      seen.add(`${x} ${y}`);
    });
    expect(seen.size).toBeLessThan(5000);
    expect(seen.size).toBeGreaterThan(3500);
  });
});

describe("ellipses against the fixture", () => {
  const { u, Y, C } = fixture.ellipses;

  it("has the points of the given random numbers", () => {
    expect(distance(ellipsesFrom(Float64Array.from(u), 10, 10), byExample(Y))).toBeLessThan(1e-12);
    expect([...ellipses({ examples: 20 }).labels]).toEqual(C);
  });

  it("keeps the classes apart", () => {
    const { features, labels } = ellipses({ examples: 2000, seed: 2 });
    labels.forEach((label, i) => {
      const [x, y] = [features[2 * i] as number, (features[2 * i + 1] as number) / 0.4];
      expect(Math.sqrt(x * x + y * y) < 1).toBe(label === 1);
    });
  });
});

describe("swissRoll against the fixture", () => {
  const { features, labels } = swissRoll();
  const half = (offset: number) => [...features].filter((_, i) => Math.floor(i / 2) % 2 === offset);
  const training = half(0);
  const validation = half(1);

  it("has 513 points a class", () => {
    expect(features).toHaveLength(2052);
    expect([labels.indexOf(1), labels.lastIndexOf(0)]).toEqual([513, 512]);
  });

  it("has the course's training and validation points", () => {
    const { Ytrain_first10, Ytrain_last10, Yval_first10, Yval_last10 } = fixture.swissroll;
    expect(distance(training.slice(0, 20), byExample(Ytrain_first10))).toBeLessThan(1e-12);
    expect(distance(training.slice(-20), byExample(Ytrain_last10))).toBeLessThan(1e-12);
    expect(distance(validation.slice(0, 20), byExample(Yval_first10))).toBeLessThan(1e-12);
    expect(distance(validation.slice(-20), byExample(Yval_last10))).toBeLessThan(1e-12);
  });

  it("has the course's classes", () => {
    const { Ctrain_row0_sum, Cval_row0_sum } = fixture.swissroll;
    const zeros = (offset: number) => labels.filter((label, i) => label === 0 && i % 2 === offset).length;
    expect([zeros(0), zeros(1)]).toEqual([Ctrain_row0_sum, Cval_row0_sum]);
  });

  it("does not depend on the seed without noise", () => {
    expect(swissRoll({ seed: 9 }).features).toEqual(features);
  });
});

describe("circles", () => {
  it("lie on two radii, the outer one first", () => {
    const { features, labels } = circles({ examples: 100, factor: 0.3 });
    labels.forEach((label, i) => {
      const [x, y] = [features[2 * i] as number, features[2 * i + 1] as number];
      expect(Math.sqrt(x * x + y * y)).toBeCloseTo(label === 0 ? 1 : 0.3, 14);
    });
    expect(labels[0]).toBe(0);
  });

  it.each([0, 1, -1, Number.NaN])("refuse the factor %s", (factor) => {
    expect(errorOf(() => circles({ factor })).message).toContain("circles: expected factor to be between 0 and 1");
  });
});

describe("spirals", () => {
  it("have as many arms as told, with radii from 0.1 to 1", () => {
    const { features, labels, classes } = spirals({ examples: 3000, arms: 3, turns: 2 });
    expect(classes).toEqual(["0", "1", "2"]);
    labels.forEach((label, i) => {
      const [x, y] = [features[2 * i] as number, features[2 * i + 1] as number];
      const r = Math.sqrt(x * x + y * y);
      const phi = 2 * Math.PI * ((2 * (r - 0.1)) / 0.9 + label / 3);
      expect(r).toBeGreaterThanOrEqual(0.0999);
      expect(r).toBeLessThan(1);
      expect(x).toBeCloseTo(r * Math.cos(phi), 10);
      expect(y).toBeCloseTo(r * Math.sin(phi), 10);
    });
  });

  it.each([0, 256, 1.5])("refuse %s arms", (arms) => {
    expect(errorOf(() => spirals({ arms })).message).toContain("spirals: expected arms to be a whole number from 1");
  });

  it.each([Number.NaN, 1e9])("refuse %s turns", (turns) => {
    expect(errorOf(() => spirals({ turns })).message).toContain("spirals: expected turns to be from -100 to 100");
  });
});
