import { expect, it } from "vitest";
import { observations, segments } from "../../src/data/index.ts";

it("the union of the times, counted from each first one, and a mask for what was not measured", () => {
  const { times, data } = observations([
    {
      times: [5, 6, 8],
      values: [
        [1, 2],
        [3, Number.NaN],
        [5, 6],
      ],
    },
    { times: [0, 2, 3], values: [10, 20, 30, 40, 50, 60] },
  ]);
  expect(times).toEqual([1, 2, 3]);
  expect(data.shape).toBe(2);
  expect([...data.features]).toEqual([1, 2, 10, 20]);
  expect([...data.mask]).toEqual([1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1]);
  expect([...data.labels]).toEqual([3, 0, 0, 0, 5, 6, 0, 0, 30, 40, 50, 60]);
});

it("times that differ by round-off are one", () => {
  const { times } = observations([
    { times: [0, 0.1 + 0.2, 1], values: [0, 1, 2] },
    { times: [0, 0.3, 1], values: [0, 1, 2] },
  ]);
  expect(times).toHaveLength(2);
});

it("inputs are linear between their times, and constant beyond", () => {
  const { inputTimes, data } = observations([
    { times: [0, 2], values: [0, 1], inputs: [0, 4] },
    { times: [0, 1, 3], values: [0, 1, 2], inputs: [1, 2, 3] },
  ]);
  expect(inputTimes).toEqual([0, 1, 2, 3]);
  expect([...(data.inputs ?? [])]).toEqual([0, 2, 4, 4, 1, 2, 2.5, 3]);
});

it("segments begin where a row is complete", () => {
  const long = { times: [0, 1, 2, 3, 4], values: [[0], [1], [Number.NaN], [3], [4]], inputs: [5, 6, 7, 8, 9] };
  expect(segments([long], { length: 3 })).toEqual([
    { times: [0, 1, 2], values: [[0], [1], [Number.NaN]], inputs: [[5], [6], [7]] },
  ]);
  expect(segments([long], { length: 2, stride: 1 }).map(({ times }) => times[0])).toEqual([0, 1, 3]);
});

it.each([
  [[{ times: [0, 1], values: [0, 1, 2] }], /equally many numbers at each of 2 times, got 3/],
  [[{ times: [0, 0], values: [0, 1] }], /each later than the one before/],
  [[{ times: [0, 1], values: [Number.NaN, 1] }], /finite value of every state at its first time/],
  [[], /series of equally many states and inputs, got none/],
  [
    [
      { times: [0, 1], values: [0, 1] },
      {
        times: [0, 1],
        values: [
          [0, 1],
          [1, 2],
        ],
      },
    ],
    /got others in example 1/,
  ],
])("refusals %#", (examples, sentence) => {
  expect(() => observations(examples)).toThrow(sentence);
});
