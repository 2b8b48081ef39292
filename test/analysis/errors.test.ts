/** What every analysis is given wrong, it says so by its own name. */
import { describe, expect, it } from "vitest";
import * as analysis from "../../src/analysis/index.ts";
import { rk4 } from "../../src/index.ts";
import { data, modelOf } from "./models.ts";

type Analysis = (...args: unknown[]) => unknown;
const { derivativeTable: _table, eigenvalues, imaginaryLimit, stabilityRegion, ...rest } = analysis;
const ofModels = Object.entries(rest) as unknown as [string, Analysis][];
const axis = { from: 0, to: 1, points: 3 };
const grid = { a: axis, b: axis };

const refuses = (run: () => unknown, code: string, message: RegExp | string) =>
  expect(async () => run()).rejects.toMatchObject({
    name: "OdenetError",
    code,
    message: expect.stringMatching(message),
  });

describe.each(ofModels)("%s", (name, ask) => {
  it.each([[null], [undefined], [{}], [3]])("refuses %j as a model", async (nothing) => {
    for (const options of [
      undefined,
      { ...grid, directions: [[1], [1]], direction: [1] },
      { ...grid, at: () => [1] },
    ]) {
      await refuses(() => ask(nothing, data, options), "value", `^${name}: expected a model from createModel, got `);
    }
  });
});

it.each<[string, unknown, RegExp]>([
  ["no directions", { directions: null }, /^lossSurface: direction 1: expected 47 numbers, got undefined/],
  ["one direction", { directions: [Array(47).fill(1)] }, /^lossSurface: direction 2: expected 47 numbers/],
  ["no map", { at: 3 }, /^lossSurface: expected at: \(a, b\) => theta or directions/],
])("lossSurface refuses %s", async (_, options, message) => {
  const model = await modelOf("layerField", "euler", { weights: "constant" });
  await expect(analysis.lossSurface(model, data, { ...grid, ...(options as object) } as never)).rejects.toThrow(
    message,
  );
  expect(Number.isFinite(model.value(data))).toBe(true);
});

it.each<[string, Analysis, unknown[], RegExp]>([
  ["no matrix", eigenvalues as Analysis, [null], /^eigenvalues: expected a square matrix/],
  ["rows that are none", eigenvalues as Analysis, [[null, [1, 2]]], /^eigenvalues: expected a square matrix/],
  ["no method", stabilityRegion as Analysis, [null, { re: axis, im: axis }], /^stabilityRegion: .*got null/],
  ["no axes", stabilityRegion as Analysis, [rk4], /^stabilityRegion: re: expected at least two points/],
  ["no method", imaginaryLimit as Analysis, [{}], /^imaginaryLimit: expected an integrator such as rk4, got an object/],
])("%s is refused", async (_, ask, args, message) => {
  await refuses(() => ask(...args), ask === (eigenvalues as Analysis) ? "shape" : "option", message);
});
