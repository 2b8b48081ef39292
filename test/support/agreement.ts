import { expect } from "vitest";

type Numbers = ArrayLike<number>;

/** Bounds on the deviation, from fixtures/README.md. */
export const tolerances = {
  f64: { values: 1e-12, derivatives: 1e-12, deep: 1e-12, implicit: 1e-11, convolution: 1e-11 },
  f32: { values: 1e-5, derivatives: 1e-5, deep: 1e-4, implicit: 1e-4, convolution: 1e-4 },
} as const;

/** ‖a‖, scaled so that nothing overflows. */
export function norm(a: Numbers): number {
  return Math.hypot(...Array.from(a));
}

/** ‖a − b‖ / max(‖b‖, 1e-3): one number for a whole array. */
export function deviation(a: Numbers, b: Numbers): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  const difference = Array.from(a, (entry, i) => entry - (b[i] as number));
  return norm(difference) / Math.max(norm(b), 1e-3);
}

/** Fails with the array's name and its deviation; NaN never agrees. */
export function expectAgreement(name: string, actual: Numbers, expected: Numbers, tolerance: number): void {
  const error = deviation(actual, expected);
  const lengths = actual.length === expected.length ? "" : ` (${actual.length} numbers for ${expected.length})`;
  expect(error, `${name}: deviation ${error.toExponential(2)}${lengths}`).toBeLessThanOrEqual(tolerance);
}
