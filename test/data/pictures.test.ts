import { crc32, deflateSync } from "node:zlib";
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

  /** A PNG file of grey pixels whose image data are these bytes. */
  function greyPng(width: number, height: number, data: Uint8Array, interlaced = 0): Uint8Array {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header.set([8, 0, 0, 0, interlaced], 8);
    const chunk = (type: string, content: Uint8Array) => {
      const body = Buffer.concat([Buffer.from(type), content]);
      const ends = [Buffer.alloc(4), Buffer.alloc(4)] as const;
      ends[0].writeUInt32BE(content.length);
      ends[1].writeUInt32BE(crc32(body));
      return Buffer.concat([ends[0], body, ends[1]]);
    };
    const signature = png.subarray(0, 8);
    const chunks = [chunk("IHDR", header), chunk("IDAT", deflateSync(data)), chunk("IEND", Buffer.alloc(0))];
    return Uint8Array.from(Buffer.concat([signature, ...chunks]));
  }

  it.each([
    [1, 1],
    [2, 5],
    [5, 3],
    [8, 8],
    [9, 10],
  ])("reads an interlaced PNG of %i × %i", async (width, height) => {
    // By its definition: the pass of a pixel from the table of 8 × 8, each row of a pass behind a byte of 0.
    const pattern = ["16462646", "77777777", "56565656", "77777777", "36463646", "77777777", "56565656", "77777777"];
    const data: number[] = [];
    for (const pass of "1234567") {
      for (let y = 0; y < height; y++) {
        const row = [...Array(width).keys()].filter((x) => pattern[y % 8]?.[x % 8] === pass);
        if (row.length > 0) data.push(0, ...row.map((x) => 10 * y + x));
      }
    }
    const read = await readPicture(greyPng(width, height, Uint8Array.from(data), 1));
    expect([...read.data].filter((_, i) => i % 4 === 0)).toEqual(
      Array.from({ length: width * height }, (_, i) => 10 * Math.floor(i / width) + (i % width)),
    );
  });

  it.each([
    ["bytes behind its end", Uint8Array.from([...png, 1, 2, 3]), /ends with its last chunk, IEND, got 3 bytes more/],
    ["no end", png.slice(0, -12), /a complete PNG file, got one that ends before its last chunk, IEND/],
    [
      "more image data than pixels",
      greyPng(8, 8, new Uint8Array(1e6)),
      /72 bytes of image data for 8 × 8 pixels, got more/,
    ],
    [
      "less image data than pixels",
      greyPng(8, 8, new Uint8Array(71)),
      /72 bytes of image data for 8 × 8 pixels, got 71/,
    ],
    ["no pixels", greyPng(0, 8, new Uint8Array(8)), /at least one pixel, got 0 × 8/],
  ])("refuses a PNG with %s", async (_, file, message) => {
    expect(await rejectionOf(readPicture(file))).toMatchObject({
      code: "file",
      message: expect.stringMatching(message),
    });
  });

  it("refuses other files", async () => {
    expect((await rejectionOf(readPicture(Uint8Array.of(71, 73, 70)))).message).toMatch(/PNG or a JPEG/);
  });
});
