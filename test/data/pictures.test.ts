import { encode as encodePng } from "fast-png";
import { encode as encodeJpeg } from "jpeg-js";
import { describe, expect, it } from "vitest";
import { fromPictures, type Picture, readPicture } from "../../src/data/index.ts";
import { rejectionOf } from "./errors.ts";

function picture(width: number, height: number, colour: (y: number, x: number) => number[]): Picture {
  const data = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set([...colour(y, x), 255].slice(0, 4), 4 * (y * width + x));
  return { width, height, data };
}

const ramp = picture(6, 4, (y, x) => [10 * x, 20 * y, 255 - 10 * x]);

describe("fromPictures", () => {
  it("gives planes of channels, row by row", () => {
    const { features, shape } = fromPictures([ramp, ramp], { labels: [0, 1] });
    expect(shape).toEqual([3, 4, 6]);
    const at = (c: number, y: number, x: number) => (features as Uint8Array)[72 + (c * 4 + y) * 6 + x];
    expect([at(0, 2, 3), at(1, 2, 3), at(2, 2, 3)]).toEqual([30, 40, 225]);
  });

  it("gives brightness in one channel, and lays transparent pixels on white", () => {
    const grey = fromPictures([picture(1, 1, () => [200, 100, 50])], { channels: 1 });
    expect([...(grey.features as Uint8Array)]).toEqual([Math.round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)]);
    const half = fromPictures([picture(1, 1, () => [0, 0, 0, 51])]);
    expect([...(half.features as Uint8Array)]).toEqual([204, 204, 204]);
  });

  it.each([
    [
      [2, 3],
      [5, 25, 45, 5, 25, 45],
    ],
    [
      [4, 4],
      [10, 20, 30, 40, 10, 20, 30, 40, 10, 20, 30, 40, 10, 20, 30, 40],
    ],
    [[1, 1], [25]],
    [[4, 6], Array.from({ length: 24 }, (_, i) => 10 * (i % 6))],
  ])("averages the centre to %j", (size, red) => {
    const { features } = fromPictures([ramp], { size: size as [number, number] });
    expect([...(features as Uint8Array).subarray(0, red.length)]).toEqual(red);
  });

  it("keeps a colour at any size, larger ones too", () => {
    const flat = picture(5, 7, () => [17, 99, 240]);
    for (const size of [
      [3, 3],
      [11, 4],
      [20, 20],
    ] as [number, number][]) {
      const { features } = fromPictures([flat], { size });
      expect(new Set(features as Uint8Array)).toEqual(new Set([17, 99, 240]));
    }
  });

  it("takes a canvas's clamped bytes", () => {
    const clamped = { ...ramp, data: Uint8ClampedArray.from(ramp.data) };
    expect(fromPictures([clamped]).features).toEqual(fromPictures([ramp]).features);
  });

  it.each([
    ["no picture", [], {}, "length"],
    ["two sizes", [ramp, picture(6, 5, () => [0, 0, 0])], {}, "shape"],
    ["missing bytes", [{ ...ramp, data: ramp.data.subarray(4) }], {}, "value"],
    ["something else", [[1, 2, 3]], {}, "value"],
    ["2 channels", [ramp], { channels: 2 }, "option"],
    ["a size of 0", [ramp], { size: [0, 3] }, "option"],
    ["too few labels", [ramp, ramp], { labels: [0] }, "length"],
  ])("refuses %s", (_, pictures, options, code) => {
    expect(() => fromPictures(pictures as Picture[], options as object)).toThrow(expect.objectContaining({ code }));
  });
});

describe("readPicture", () => {
  const rgba = ramp.data;
  const channelsOf = (kept: number[]) =>
    Uint8Array.from(
      { length: 24 * kept.length },
      (_, i) => rgba[4 * Math.floor(i / kept.length) + (kept[i % kept.length] as number)] as number,
    );

  it.each([
    ["RGBA", [0, 1, 2, 3], rgba],
    ["RGB", [0, 1, 2], rgba],
    ["grey", [0], channelsOf([0, 0, 0, 3])],
    ["grey with alpha", [0, 1], channelsOf([0, 0, 0, 1])],
  ])("reads a PNG of 8 bits, %s", async (_, kept, expected) => {
    const file = encodePng({ width: 6, height: 4, data: channelsOf(kept), channels: kept.length });
    expect(await readPicture(file)).toEqual({ width: 6, height: 4, data: Uint8Array.from(expected) });
  });

  it("reads a PNG of 16 bits", async () => {
    const data = Uint16Array.from(channelsOf([0, 1, 2]), (v) => 257 * v);
    const file = encodePng({ width: 6, height: 4, data, channels: 3, depth: 16 });
    expect((await readPicture(file)).data).toEqual(rgba);
  });

  /** Two rows of five numbers below 2^depth, each row padded to whole bytes. */
  const packedRows = (depth: number): { numbers: number[]; data: Uint8Array } => {
    const numbers = Array.from({ length: 10 }, (_, i) => (i * 7) % Math.min(1 << depth, 4));
    const bits = numbers.map((v) => v.toString(2).padStart(depth, "0"));
    const rows = [bits.slice(0, 5), bits.slice(5)].map((r) => r.join("").padEnd(8 * Math.ceil((5 * depth) / 8), "0"));
    return { numbers, data: Uint8Array.from(rows.join("").match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2)) };
  };

  it.each([1, 2, 4, 8] as const)("reads a PNG of greys of %i bits", async (depth) => {
    const { numbers, data } = packedRows(depth);
    const read = await readPicture(encodePng({ width: 5, height: 2, data, channels: 1, depth }));
    const grey = numbers.map((v) => Math.floor((255 * v) / (2 ** depth - 1)));
    expect([...read.data]).toEqual(grey.flatMap((v) => [v, v, v, 255]));
  });

  it.each([1, 2, 4, 8] as const)("reads a PNG with a palette of %i bits", async (depth) => {
    const { numbers, data } = packedRows(depth);
    const palette = [0, 1, 2, 3].slice(0, 1 << depth).map((k) => [10 * k, 255 - k, 7] as [number, number, number]);
    const read = await readPicture(encodePng({ width: 5, height: 2, data, channels: 1, depth, palette }));
    expect([...read.data]).toEqual(numbers.flatMap((k) => [10 * k, 255 - k, 7, 255]));
  });

  it("reads a JPEG to within its loss", async () => {
    const flat = picture(16, 8, () => [200, 60, 30]);
    const { data, width, height } = await readPicture(encodeJpeg({ ...flat, data: flat.data }, 95).data);
    expect([width, height]).toEqual([16, 8]);
    flat.data.forEach((v, i) => {
      expect(Math.abs((data[i] as number) - v)).toBeLessThan(6);
    });
  });

  const png = encodePng({ width: 6, height: 4, data: rgba, channels: 4 });
  const jpeg = Uint8Array.from(encodeJpeg({ ...ramp, data: rgba }, 90).data);

  it("refuses every file that is cut short", async () => {
    for (const file of [png, jpeg]) {
      for (let length = 0; length < file.length - 16; length += 7) {
        expect(await rejectionOf(readPicture(file.slice(0, length)))).toMatchObject({ code: "file" });
      }
    }
  });

  it("refuses a flipped bit in a PNG's data", async () => {
    const damaged = png.slice();
    damaged[60] = (damaged[60] as number) ^ 4;
    expect(await rejectionOf(readPicture(damaged))).toMatchObject({ code: "file" });
  });

  it("refuses 20,000 × 20,000 pixels before it decodes them", async () => {
    const huge = png.slice();
    new DataView(huge.buffer).setUint32(16, 20000);
    new DataView(huge.buffer).setUint32(20, 20000);
    expect((await rejectionOf(readPicture(huge))).message).toMatch(/64 megapixels, got 20000 × 20000/);
    const wide = jpeg.slice();
    const at = wide.findIndex((b, i) => b === 0xff && wide[i + 1] === 0xc0);
    new DataView(wide.buffer).setUint16(at + 5, 20000);
    new DataView(wide.buffer).setUint16(at + 7, 20000);
    expect((await rejectionOf(readPicture(wide))).message).toMatch(/64 megapixels, got 20000 × 20000/);
  });

  it("refuses other files", async () => {
    expect((await rejectionOf(readPicture(Uint8Array.of(71, 73, 70)))).message).toMatch(/PNG or a JPEG/);
  });
});
