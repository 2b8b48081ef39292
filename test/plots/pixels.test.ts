import { inflateSync } from "node:zlib";
import { expect, it } from "vitest";
import { png } from "../../src/plots/pixels.ts";

it.each([3, 300])("%s colours: a PNG whose pixels come back", (colors) => {
  const [columns, rows] = [20, 30];
  const color = (c: number, r: number) => {
    const k = (r * columns + c) % colors;
    return [k & 255, (k * 7) & 255, k >> 3] as const;
  };
  const data = png({ columns, rows, color });
  const chunks = new Map<string, Uint8Array>();
  const view = new DataView(data.buffer);
  for (let at = 8; at < data.length; ) {
    const length = view.getUint32(at);
    chunks.set(String.fromCharCode(...data.subarray(at + 4, at + 8)), data.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const raw = inflateSync(chunks.get("IDAT") as Uint8Array); // checks the Adler-32 as well
  const palette = chunks.get("PLTE");
  const depth = palette ? 1 : 3;
  expect(palette !== undefined).toBe(colors <= 256);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const at = r * (1 + depth * columns) + 1 + depth * c;
      const found = palette
        ? palette.subarray(3 * (raw[at] as number), 3 * (raw[at] as number) + 3)
        : raw.subarray(at, at + 3);
      expect([...found]).toEqual([...color(c, r)]);
    }
  }
});
