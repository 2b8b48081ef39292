/** The largest number, or the mean, under each window of every channel. */
import { OdenetError } from "../core/errors.ts";
import { pickOptions, type Rules } from "../core/registry.ts";
import { averagePool, maxPool } from "../operations/pool.ts";
import { imageInput } from "./imageForm.ts";
import type { LayerKind } from "./layer.ts";
import { type Padding, paddingOf, paddingRule, windowsOn } from "./movingWindow.ts";
import { extentRule, LARGEST } from "./rules.ts";

export interface Pool2dOptions {
  /** Height and width of the window, default 2. */
  size?: number;
  /** Default: the size. */
  stride?: number;
  /** Default 0; at most half the size. */
  padding?: Padding;
}

/** What both kinds of pooling are. */
export interface Pool<K extends string> {
  readonly kind: K;
  readonly size: number;
  readonly stride: number;
  readonly padding: Padding;
}

export type MaxPool2d = Pool<"maxPool2d">;
export type AveragePool2d = Pool<"averagePool2d">;

const rules: Rules<Pool2dOptions & { size: number; padding: Padding }> = {
  size: extentRule("height and width", 2),
  stride: { kind: "whole", label: "stride", from: 1, to: LARGEST },
  padding: paddingRule(0),
};

function poolOf<K extends string>(kind: K, options: object): Pool<K> {
  const { size, stride = size, padding } = pickOptions(kind, rules, options);
  if (2 * paddingOf(padding, size).before > size) {
    throw new OdenetError("option", `${kind}: expected padding of at most half the size ${size}, got ${padding}.`);
  }
  return Object.freeze({ kind, size, stride, padding });
}

/** The largest number under each window; padding is never the largest. */
export function maxPool2d(options: Pool2dOptions = {}): MaxPool2d {
  return poolOf("maxPool2d", options);
}

/** The mean under each window; padding counts as zeros. */
export function averagePool2d(options: Pool2dOptions = {}): AveragePool2d {
  return poolOf("averagePool2d", options);
}

function poolKind<K extends string>(kind: K, pool: typeof maxPool, label: string): LayerKind<Pool<K>> {
  return {
    kind,
    label,
    options: rules,
    takes: () => "image",
    layOut(layer, input, name) {
      const where = `layer ${name} (${kind})`;
      const image = imageInput(input, where);
      const windows = windowsOn(image, layer, where);
      return {
        output: [image[0], ...windows.places],
        parameters: [],
        record: ({ record }, y) => pool(record, y, windows),
      };
    },
    parse: (json) => poolOf(kind, json),
  };
}

export const maxPool2dKind = poolKind("maxPool2d", maxPool, "max pooling");
export const averagePool2dKind = poolKind("averagePool2d", averagePool, "average pooling");
