import { OdenetError } from "../core/errors.ts";

/** One example's features: their number, or `[channels, height, width]`. */
export type FeatureShape = number | ImageShape;

/** Channels, height, width. */
export type ImageShape = readonly [number, number, number];

export function isImage(shape: FeatureShape): shape is ImageShape {
  return typeof shape !== "number";
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
  if (!Number.isSafeInteger(value) || (value as number) < least) {
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
  if (!names.includes(value as N)) {
    throw new OdenetError("name", `${where}: expected ${what} to be one of ${names.join(", ")}, got ${show(value)}.`);
  }
}

/** A value as it may stand in a sentence. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  if (typeof value === "function") return `the function ${value.name || "(anonymous)"}`;
  if (Array.isArray(value)) return value.length > 6 ? `an array of ${value.length}` : `[${value.map(show).join(", ")}]`;
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}
