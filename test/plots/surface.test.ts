import { expect, it } from "vitest";
import { surface, weightsOverTime } from "../../src/plots/index.ts";

it("a picture of cells has room for a single row or column", () => {
  const one = weightsOverTime({ times: [0, 1, 2], values: [0.5, -1, 2] });
  expect(one).not.toContain("NaN");
  expect(one).toContain("entry of K");
  const column = surface({ x: [3], y: [0, 1], values: [1, 2] }, { cells: true, levels: 0 });
  expect(column).not.toContain("NaN");
});
