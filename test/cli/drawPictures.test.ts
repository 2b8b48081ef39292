import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { type ClassifiedPicture, caption, drawPicture, drawPictures } from "../../src/cli/start/drawPictures.ts";

const terminal = (columns: number, colour = false) => ({ columns, colour, live: false });

/** A seven of 28 × 28 pixels: a bar on top and a slanted stroke. */
const pixels = Uint8Array.from({ length: 28 * 28 }, (_, i) => {
  const [x, y] = [i % 28, Math.floor(i / 28)];
  return (y >= 4 && y < 7 && x > 6 && x < 21) || (y >= 7 && y < 25 && Math.abs(x - 22 + y / 2) < 2) ? 255 : 0;
});
const SEVEN: ClassifiedPicture = { pixels, width: 28, height: 28, truth: "7", predicted: "7", probability: 0.9976 };
const WRONG: ClassifiedPicture = { ...SEVEN, predicted: "1", probability: 0.5 };

test("two pixels are one character", () => {
  const picture = { pixels: [0, 255, 0, 255, 0, 0, 255, 255], width: 4, height: 2 };
  expect(drawPicture(picture, false)).toEqual([" ▀▄█"]);
});

test("28 × 28 pixels take 28 × 14 characters, in colour too", () => {
  for (const colour of [false, true]) {
    const lines = drawPicture(SEVEN, colour).map(stripVTControlCharacters);
    expect(lines.map((line) => line.length)).toEqual(Array(14).fill(28));
  }
});

test("in colour, every pixel comes back as its grey", () => {
  const greys = { pixels: Uint8Array.from({ length: 256 }, (_, i) => i), width: 16, height: 16 };
  const seen: number[] = [];
  drawPicture(greys, true).forEach((line, row) => {
    let [upper, lower] = [0, 0];
    let x = 0;
    for (const [, up, down] of line.matchAll(/38;5;(\d+);48;5;(\d+)m|▀/g)) {
      if (up) [upper, lower] = [Number(up), Number(down)];
      else {
        seen[2 * row * 16 + x] = upper;
        seen[(2 * row + 1) * 16 + x] = lower;
        x++;
      }
    }
  });
  expect(seen).toEqual(Array.from(greys.pixels, (value) => 232 + Math.round((value / 255) * 23)));
});

test("an odd last row has nothing below it", () => {
  expect(drawPicture({ pixels: [255, 0, 255], width: 1, height: 3 }, false)).toEqual(["▀", "▀"]);
});

test("captions say truth, prediction and how sure", () => {
  expect(caption(SEVEN)).toBe("true 7, predicted 7 (99.8 %)");
  expect(caption({ ...SEVEN, probability: 0.99999 })).toBe("true 7, predicted 7 (100 %)");
});

test("as many stand side by side as the terminal is wide", () => {
  const heightOf = (columns: number) =>
    drawPictures([SEVEN, SEVEN, SEVEN, SEVEN], terminal(columns)).split("\n").length;
  expect([118, 80, 58, 57, 28].map(heightOf)).toEqual([15, 31, 31, 63, 63]);
  const row = drawPictures([SEVEN, WRONG], terminal(58)).split("\n").at(-1);
  expect(row).toBe("true 7, predicted 7 (99.8 %)  true 7, predicted 1 (50.0 %)");
});

test("a caption wider than its picture takes two lines", () => {
  const boot = { ...SEVEN, truth: "ankle boot", predicted: "sneaker" };
  const lines = drawPictures([boot, SEVEN], terminal(80)).split("\n");
  expect(lines.slice(-2)).toEqual([
    "true ankle boot,              true 7, predicted 7 (99.8 %)",
    "predicted sneaker (99.8 %)",
  ]);
});

test("no line is wider than the terminal, and one too narrow for a picture gets captions", () => {
  for (let columns = 28; columns <= 130; columns++) {
    for (const colour of [false, true]) {
      const lines = drawPictures([SEVEN, WRONG, SEVEN], terminal(columns, colour)).split("\n");
      expect(Math.max(...lines.map((line) => stripVTControlCharacters(line).length))).toBeLessThanOrEqual(columns);
    }
  }
  expect(drawPictures([SEVEN, WRONG], terminal(20))).toBe(`${caption(SEVEN)}\n${caption(WRONG)}`);
});

test("a mistake is red where colours are wanted", () => {
  expect(drawPictures([WRONG], terminal(20, true))).toBe(`\u001b[31m${caption(WRONG)}\u001b[39m`);
  expect(drawPictures([SEVEN, WRONG], terminal(80))).not.toContain("\u001b");
});

test("nothing to draw is nothing drawn", () => {
  expect(drawPictures([], terminal(80))).toBe("");
});
