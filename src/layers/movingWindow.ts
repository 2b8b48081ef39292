/**
 * The options that convolutions and pooling share. `padding` p puts p positions on each side; "same" is the padding with which
 * a window of stride 1 has as many places as the image has positions, ⌊(size − 1) / 2⌋ of it above and left; "valid" is 0.
 */
import { OdenetError } from "../core/errors.ts";
import type { Rule } from "../core/registry.ts";
import type { Pair, Windows } from "../operations/windows.ts";
import { type ImageShape, show } from "./shape.ts";

export type Padding = number | "same" | "valid";

export const paddingRule = (initial: Padding): Rule<Padding> => ({
  kind: "custom",
  label: "padding",
  initial,
  check(value, where) {
    if (value === "same" || value === "valid") return value;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    throw new OdenetError(
      "option",
      `${where}: expected padding to be "same", "valid" or a whole number of at least 0, got ${show(value)}.`,
    );
  },
});

/** Positions before and behind the image. */
export function paddingOf(padding: Padding, size: number): { before: number; behind: number } {
  if (padding === "valid") return { before: 0, behind: 0 };
  if (padding !== "same") return { before: padding, behind: padding };
  const before = Math.floor((size - 1) / 2);
  return { before, behind: size - 1 - before };
}

/** Where windows of `size` stand on an image; throws `shape` where not one fits. */
export function windowsOn(
  image: ImageShape,
  { size, stride, padding, groups = 1 }: { size: number; stride: number; padding: Padding; groups?: number },
  where: string,
): Windows {
  const [, height, width] = image;
  const { before, behind } = paddingOf(padding, size);
  const places = (positions: number) => Math.floor((positions + before + behind - size) / stride) + 1;
  if (Math.min(height, width) + before + behind < size) {
    throw new OdenetError(
      "shape",
      `${where}: expected an image of at least ${size} × ${size} with its padding, got ${height} × ${width} and ${before + behind} of padding. Use a smaller size, more padding, or less pooling before it.`,
    );
  }
  const pair = (n: number): Pair => [n, n];
  return {
    image: [height, width],
    window: pair(size),
    places: [places(height), places(width)],
    stride: pair(stride),
    padding: pair(before),
    groups,
  };
}
