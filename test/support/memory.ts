import { expect } from "vitest";
import type { Model } from "../../src/index.ts";

/** That all memory taken since `before` has been given back, but for the gradient's, which stays once a plan has had it. */
export function expectGivenBack(model: Model, before: Model["memory"]): void {
  const { gradient } = model.memory;
  expect(model.memory).toEqual({ ...before, gradient, total: before.total + gradient - before.gradient });
}
