import { describe, expect, it } from "vitest";
import { constant, cosine, schedules, sgd, train } from "../../src/index.ts";
import { errorOf } from "../data/errors.ts";
import { BATCH, data, freshModel } from "./subjects.ts";

const fractions = Array.from({ length: 101 }, (_, i) => i / 100);

describe.each(Object.entries(schedules))("%s", (kind, make) => {
  it("names itself, and stays in [0, 1] over the whole of training", () => {
    const schedule = make();
    expect(schedule.kind).toBe(kind);
    for (const t of fractions) {
      expect(schedule.rate(t)).toBeGreaterThanOrEqual(0);
      expect(schedule.rate(t)).toBeLessThanOrEqual(1);
    }
  });

  it("gives a run's steps their rates: t goes from 0 at the first to 1 at the last", async () => {
    const [schedule, optimizer] = [make(), sgd({ learningRate: 0.25 })];
    const steps = [...train(await freshModel(), data, { optimizer, schedule, epochs: 3, batchSize: BATCH })];
    expect(steps).toHaveLength(9);
    expect(steps.map(({ stepSize }) => stepSize)).toEqual(steps.map((_, i) => 0.25 * schedule.rate(i / 8)));
  });
});

it("constant is 1", () => {
  expect(fractions.map((t) => constant().rate(t))).toEqual(fractions.map(() => 1));
});

it.each([0, 0.1, 1])("cosine goes from 1 to the minimum %d: m + (1 − m) (1 + cos π t) / 2", (minimum) => {
  const { rate } = cosine({ minimum });
  for (const t of fractions) {
    expect(rate(t)).toBeCloseTo(minimum + ((1 - minimum) * (1 + Math.cos(Math.PI * t))) / 2, 14);
  }
  expect([rate(0), rate(1)]).toEqual([1, minimum]);
});

it("a run of a single step takes the full rate", async () => {
  const [step] = train(await freshModel(), data, { optimizer: sgd(), schedule: cosine(), batchSize: 70 });
  expect(step?.stepSize).toBe(0.1);
});

it.each([-0.1, 1.1, Number.NaN])("cosine refuses the minimum %d", (minimum) => {
  const error = errorOf(() => cosine({ minimum }));
  expect(error.code).toBe("option");
  expect(error.message).toBe(
    `cosine: expected minimum to be a share from 0 to 1, got ${minimum}. Leave it out for the default.`,
  );
});
