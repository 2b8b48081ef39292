import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { accuracyOf, confusionMatrix, drawConfusionMatrix } from "../../src/cli/start/confusionMatrix.ts";

const plain = (columns: number) => ({ columns, colour: false, live: false });
const NAMES = ["cat", "dog", "fox"];
const MATRIX = [
  [8, 2, 0],
  [0, 1234, 6],
  [0, 0, 0],
];

test("counts truth in rows and predictions in columns", () => {
  expect(confusionMatrix([0, 0, 1, 2, 2], new Uint8Array([0, 1, 1, 2, 0]), 3)).toEqual([
    [1, 1, 0],
    [0, 1, 0],
    [1, 0, 1],
  ]);
});

test.each([
  [[3], [0]],
  [[0], [-1]],
  [[0, 1], [0]],
])("refuses classes that do not exist: %j, %j", (truth, predicted) => {
  expect(() => confusionMatrix(truth, predicted, 3)).toThrow(/^confusion matrix: expected classes 0 … 2, got/);
});

test("the accuracy is the share on the diagonal", () => {
  expect(accuracyOf(MATRIX)).toBeCloseTo(1242 / 1250, 15);
});

test("draws an aligned table with each class's recall", () => {
  expect(drawConfusionMatrix(MATRIX, NAMES, plain(80)).split("\n")).toEqual([
    "       predicted",
    "truth   cat   dog   fox  recall",
    "cat       8     2     ·  80.0 %",
    "dog       ·  1234     6  99.5 %",
    "fox       ·     ·     ·       –",
  ]);
});

test("moves closer together, then gives a line a class, as the terminal gets narrower", () => {
  expect(drawConfusionMatrix(MATRIX, NAMES, plain(30)).split("\n")[1]).toBe("truth  cat  dog  fox  recall");
  expect(drawConfusionMatrix(MATRIX, NAMES, plain(20)).split("\n")).toEqual([
    "cat  80.0 %, 2 as dog",
    "dog  99.5 %, 6 as fox",
    "fox       –",
  ]);
});

test("ten digits of ten thousand examples fit into 80 columns", () => {
  const digits = Array.from({ length: 10 }, (_, t) => Array.from({ length: 10 }, (_, p) => (t === p ? 1000 : 10)));
  const lines = drawConfusionMatrix(digits, [..."0123456789"], plain(80)).split("\n");
  expect(lines).toHaveLength(12);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("colours change nothing but the colours", () => {
  const coloured = drawConfusionMatrix(MATRIX, NAMES, { ...plain(80), colour: true });
  expect(coloured).toContain("\u001b[");
  expect(stripVTControlCharacters(coloured)).toBe(drawConfusionMatrix(MATRIX, NAMES, plain(80)));
});
