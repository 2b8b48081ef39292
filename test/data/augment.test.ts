import { describe, expect, it } from "vitest";
import { augment, type Dataset, textures } from "../../src/data/index.ts";

const data = textures({ examples: 40, size: 12, noise: 0.2 });
const pixels = (d: Dataset) => d.features as Uint8Array;

/** The image of example i, channel 0, at (y, x); 0 outside. */
function at({ features, shape }: Dataset, i: number, y: number, x: number): number {
  const [channels, height, width] = shape as [number, number, number];
  const inside = y >= 0 && y < height && x >= 0 && x < width;
  return inside ? ((features as Uint8Array)[i * channels * height * width + y * width + x] as number) : 0;
}

/** Every (top, left, mirrored) that turns image i of `from` into image i of `to`. */
function changes(from: Dataset, to: Dataset, i: number, room: number): string[] {
  const [, h, w] = to.shape as [number, number, number];
  const found: string[] = [];
  for (let top = -room; top <= room; top++) {
    for (let left = -room; left <= room; left++) {
      for (const mirrored of [false, true]) {
        let same = true;
        for (let y = 0; same && y < h; y++) {
          for (let x = 0; same && x < w; x++) {
            same = at(to, i, y, x) === at(from, i, top + y, left + (mirrored ? w - 1 - x : x));
          }
        }
        if (same) found.push(`${top},${left},${mirrored}`);
      }
    }
  }
  return found;
}

describe("augment", () => {
  it.each([
    [{}, 0, 1],
    [{ flip: true }, 0, 2],
    [{ shift: 2 }, 2, 25],
    [{ shift: 1, flip: true }, 1, 18],
    [{ crop: [10, 9] as const }, 3, 12],
    [{ crop: [10, 12] as const, shift: 1, flip: true }, 4, 2 * 5 * 3],
  ])("makes every image one of the allowed ones, in all ways: %j", (options, room, ways) => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 8; seed++) {
      const to = augment(data, { ...options, seed });
      expect(to.labels).toBe(data.labels);
      for (let i = 0; i < 40; i++) {
        const found = changes(data, to, i, room);
        expect(found.length).toBeGreaterThan(0);
        if (found.length === 1) seen.add(found[0] as string);
      }
    }
    expect(seen.size).toBeGreaterThan(0.7 * ways - 1);
    expect(seen.size).toBeLessThanOrEqual(ways);
  });

  it("changes an example by its seed and place alone, and leaves the data as they are", () => {
    const before = pixels(data).slice();
    const once = augment(data, { shift: 2, flip: true, seed: 5 });
    expect(pixels(augment(data, { shift: 2, flip: true, seed: 5 }))).toEqual(pixels(once));
    const fewer = {
      ...data,
      features: pixels(data).slice(0, 10 * 432),
      labels: (data.labels as Uint8Array).slice(0, 10),
    };
    expect(pixels(augment(fewer, { shift: 2, flip: true, seed: 5 }))).toEqual(pixels(once).slice(0, 10 * 432));
    expect(pixels(data)).toEqual(before);
  });

  it("takes nested numbers, floats and bytes alike", () => {
    const options = { shift: 2, flip: true, crop: [9, 10] as const, seed: 2 };
    const expected = [...pixels(augment(data, options))];
    const nested = Array.from({ length: 40 }, (_, i) => [...pixels(data).subarray(i * 432, (i + 1) * 432)]);
    expect([...(augment({ ...data, features: nested } as Dataset, options).features as Float64Array)]).toEqual(
      expected,
    );
    const floats = augment({ ...data, features: Float32Array.from(pixels(data)) }, options).features;
    expect(floats).toEqual(Float32Array.from(expected));
  });

  it.each([
    { shift: 12 },
    { shift: -1 },
    { shift: 0.5 },
    { crop: [13, 12] as const },
    { crop: [0, 3] as const },
    { seed: 0.5 },
  ])("refuses %j", (options) => {
    expect(() => augment(data, options)).toThrow(expect.objectContaining({ code: "option" }));
  });

  it("refuses data that are no images", () => {
    expect(() => augment({ features: [[1, 2]], labels: [0] })).toThrow(/shape \[channels, height, width\]/);
  });
});
