import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { visible, visiblePath } from "../../src/plots/visiblePath.ts";

type Point = readonly [number, number];
const area = { left: 10, top: 20, width: 100, height: 50 };

/** The segments of a path. */
function segments(path: string): Set<string> {
  const found = new Set<string>();
  for (const piece of path.split("M").slice(1)) {
    const points = piece.split("L");
    for (let k = 0; k + 1 < points.length; k++) found.add(`${points[k]} to ${points[k + 1]}`);
  }
  return found;
}

const whole = (points: readonly Point[]) => points.slice(1).map((p, k) => `${points[k]?.join(" ")} to ${p.join(" ")}`);

/** Whether some of 1,000 points of a segment lie in the area. */
function crosses([ax, ay]: Point, [bx, by]: Point): boolean {
  return Array.from({ length: 1001 }, (_, k) => k / 1000).some((t) => {
    const [x, y] = [ax + t * (bx - ax), ay + t * (by - ay)];
    return x >= 10 && x <= 110 && y >= 20 && y <= 70;
  });
}

describe("the visible part of a path", () => {
  it.each([0, 1, 2, 3, 4])("has every segment that crosses the area, and none that it had not, seed %i", (seed) => {
    const random = new Random(seed, 4);
    const points = Array.from({ length: 300 }, () => {
      const [x = 0, y = 0] = random.normal(2);
      return [Math.round(60 + 120 * x), Math.round(45 + 80 * y)] as const;
    });
    const shown = segments(visiblePath(points, area));
    const all = whole(points);
    for (const segment of shown) expect(all).toContain(segment);
    all.forEach((segment, k) => {
      if (crosses(points[k] as Point, points[k + 1] as Point)) expect(shown).toContain(segment);
    });
    expect(shown.size).toBeLessThan(all.length);
  });

  it("is the whole path where nothing is far outside", () => {
    const points: Point[] = [[10, 20], [60, 70], [110, 20], [112, 72]]; // biome-ignore format: a list of points
    expect(visiblePath(points, area)).toBe("M10 20L60 70L110 20L112 72");
  });

  it("keeps gaps, and is empty where all lies beyond one side", () => {
    expect(visiblePath([[20, 30], [Number.NaN, 0], [30, 40], [40, 40]], area)).toBe("M20 30M30 40L40 40"); // biome-ignore format: a list of points
    expect(visiblePath([[200, 0], [300, 40], [1e6, 1e6]], area)).toBe(""); // biome-ignore format: a list of points
  });

  it("knows which points lie in it", () => {
    expect(visible([110, 70], area)).toBe(true);
    expect(visible([200, 30], area)).toBe(false);
  });
});
