import { expect, it } from "vitest";
import { kFold, split } from "../../src/data/index.ts";

const n = 103;
const data = {
  features: Float64Array.from({ length: 2 * n }, (_, i) => i),
  labels: Uint8Array.from({ length: n }, (_, i) => Number(i % 10 === 0)),
  weights: Float64Array.from({ length: n }, (_, i) => i),
  shape: 2,
} as const;
const groups = Int32Array.from({ length: n }, (_, i) => Math.floor(i / 4));
const firsts = ({ features }: { features: Float64Array }) => Array.from(features).filter((_, i) => i % 2 === 0);

it.each([{ stratified: false }, { stratified: true }, { stratified: false, groups }, { stratified: true, groups }])(
  "every example is in one validation part, and in the training of the others: %j",
  ({ stratified, ...more }) => {
    const folds = kFold({ ...data, ...more }, 5, { stratified, seed: 3 });
    const all = folds.flatMap(({ validation }) => firsts(validation)).sort((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: n }, (_, i) => 2 * i));
    for (const { training, validation } of folds) {
      expect(new Set([...firsts(training), ...firsts(validation)]).size).toBe(n);
      expect([...(validation.weights as unknown as Float64Array)]).toEqual(firsts(validation).map((x) => x / 2));
      expect(Math.abs(validation.labels.length - n / 5)).toBeLessThanOrEqual("groups" in more ? 4 : 2);
      if (!("groups" in more)) continue;
      const own = new Set(firsts(validation).map((x) => groups[x / 2]));
      expect(firsts(training).some((x) => own.has(groups[x / 2]))).toBe(false);
    }
  },
);

it("strata: every part has its share of a rare class", () => {
  const counts = kFold(data, 5, { stratified: true }).map(({ validation }) =>
    validation.labels.reduce((a, b) => a + b, 0),
  );
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
});

it.each([false, true])("split never parts a group (stratified: %j)", (stratified) => {
  const { training, validation } = split({ ...data, groups }, { validation: 0.25, stratified, seed: 1 });
  const own = new Set(firsts(validation).map((x) => groups[x / 2]));
  expect(firsts(training).some((x) => own.has(groups[x / 2]))).toBe(false);
  expect(Math.abs(validation.labels.length - n / 4)).toBeLessThanOrEqual(4);
});

it("refusals", () => {
  expect(() => kFold(data, 1)).toThrow(/k to be a whole number from 2 to the 103 examples, got 1/);
  expect(() => kFold({ ...data, groups: [1] }, 2)).toThrow(/one group an example \(103\), got 1/);
  expect(() => split({ ...data, groups: new Int32Array(n) })).toThrow(/groups that can be parted/);
});
