import { OdenetError } from "../core/errors.ts";
import { show } from "../core/show.ts";

export { show };

/** One example's features: their number, or `[channels, height, width]`. */
export type FeatureShape = number | ImageShape;

/** Channels, height, width. */
export type ImageShape = readonly [number, number, number];

export function isImage(shape: FeatureShape): shape is ImageShape {
  return typeof shape !== "number";
}

/** Lengths of positive numbers as the shape of an example; undefined where they are neither one nor three. */
export function exampleShape(lengths: readonly number[]): FeatureShape | undefined {
  const [first, height, width] = lengths;
  if (first === undefined || !lengths.every((n) => n > 0)) return undefined;
  if (lengths.length === 1) return first;
  return height !== undefined && width !== undefined && lengths.length === 3 ? [first, height, width] : undefined;
}

/** `8 features`, or `an image of 3 × 32 × 32`. */
export function describeShape(shape: FeatureShape): string {
  return isImage(shape) ? `an image of ${shape.join(" × ")}` : `${shape} features`;
}

/** Numbers in one example. */
export function featureCount(shape: FeatureShape): number {
  return typeof shape === "number" ? shape : shape[0] * shape[1] * shape[2];
}

/** Throws `option` unless `value` is a whole number of at least `least`. */
export function checkWhole(value: unknown, where: string, what: string, least = 1): asserts value is number {
  if (!(typeof value === "number" && Number.isSafeInteger(value) && value >= least)) {
    throw new OdenetError(
      "option",
      `${where}: expected ${what} to be a whole number of at least ${least}, got ${show(value)}.`,
    );
  }
}

/** Throws `option` unless `value` is a finite number. */
export function checkFinite(value: unknown, where: string, what: string): asserts value is number {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new OdenetError("option", `${where}: expected ${what} to be a finite number, got ${show(value)}.`);
  }
}

/** Throws `option` unless `value` is true or false. */
export function checkBoolean(value: unknown, where: string, what: string): asserts value is boolean {
  if (typeof value !== "boolean") {
    throw new OdenetError("option", `${where}: expected ${what} to be true or false, got ${show(value)}.`);
  }
}

/** Makes something from JSON; an error's sentence starts with the path. */
export function atPath<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof OdenetError) || error.message.startsWith(path)) throw error;
    throw new OdenetError("json", `${path}: ${error.message}`);
  }
}

/** Throws `name` unless `value` is one of `names`. */
export function checkName<N extends string>(
  value: unknown,
  names: readonly N[],
  where: string,
  what: string,
): asserts value is N {
  if (!names.some((name) => name === value)) {
    throw new OdenetError("name", `${where}: expected ${what} to be one of ${names.join(", ")}, got ${show(value)}.`);
  }
}
