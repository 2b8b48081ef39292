/** The slide's `min` from a grid of starts: how many of them a method leads into the best basin. */

import { nth } from "../core/nth.ts";
import type { Data } from "../model/examples.ts";
import type { Model } from "../model/model.ts";
import type { Method } from "../optimizers/method.ts";
import { train } from "../training/index.ts";

export type Point = readonly [number, number];
/** All points on the way, the start first. */
export type Path = readonly Point[];

/** Trains a model of two parameters with all examples in every step, until the method ends. */
export function descent(model: Model, data: Data, start: Point, optimizer: Method): Path {
  model.set(start);
  const path = [start];
  for (const _ of train(model, data, { optimizer })) path.push([...model.get()] as [number, number]);
  return path;
}

/** The middles of n × n squares that cover [from, to]². */
export function startGrid({ from, to }: { from: number; to: number }, n: number): Point[] {
  const along = Array.from({ length: n }, (_, k) => from + ((to - from) * (k + 0.5)) / n);
  return along.flatMap((a) => along.map((b) => [a, b] as const));
}

export const endOf = (path: Path): Point => nth(path, path.length - 1);

/** The share of the paths that end within 0.05 of a point. */
export function shareNear(paths: readonly Path[], [a, b]: Point): number {
  const near = paths.map(endOf).filter((end) => Math.hypot(end[0] - a, end[1] - b) < 0.05);
  return near.length / paths.length;
}

/** The path without the points that lie within `distance` of the one kept before; its end stays. */
export function thinned(path: Path, distance: number): Path {
  const kept: Point[] = [];
  for (const point of path) {
    const last = kept[kept.length - 1];
    if (!last || Math.hypot(point[0] - last[0], point[1] - last[1]) >= distance) kept.push(point);
  }
  return [...kept, endOf(path)];
}
