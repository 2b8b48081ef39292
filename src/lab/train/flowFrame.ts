/** The same scale at all times: around the whole way, as far as it stays within some times the cloud that enters. */
import { nth } from "../../core/nth.ts";
import type { FeatureView } from "../compute/flow.ts";

/** Of the picture. */
const FILLED = 0.9;
const STRETCH = 3;
/** Times the distance from the origin at first. */
const FLYING = 20;

interface Box {
  readonly low: readonly [number, number];
  readonly high: readonly [number, number];
}

function boxOf(all: readonly Float32Array[]): Box {
  const low: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const p of all) {
    for (let k = 0; k < p.length; k++) {
      const v = nth(p, k);
      const axis = k % 2 === 0 ? 0 : 1;
      if (v < low[axis]) low[axis] = v;
      if (v > high[axis]) high[axis] = v;
    }
  }
  return { low, high };
}

/** Where the point (x, y) of the plane is in a picture of `width` × `height`. */
export function frameOf(
  { points, inputs, projected, reach }: FeatureView,
  width: number,
  height: number,
  widest: number,
) {
  const first = boxOf([nth(points, 0), ...(inputs ? [inputs] : [])]);
  const all = boxOf([...points, ...(inputs ? [inputs] : [])]);
  // The cloud may wander as far as it likes, unless it flies apart.
  const flies = !(Math.max(...reach) <= FLYING * nth(reach, 0));
  const span = [0, 1].map((k) => {
    const most = (flies ? widest : Number.POSITIVE_INFINITY) * Math.max(1e-9, nth(first.high, k) - nth(first.low, k));
    const middle = (nth(first.low, k) + nth(first.high, k)) / 2;
    const low = Math.max(nth(all.low, k), middle - most / 2);
    const high = Math.min(nth(all.high, k), middle + most / 2);
    return Number.isFinite(high - low) ? [low, high] : [middle - 1, middle + 1];
  }) as [[number, number], [number, number]];
  const [[left, right], [bottom, top]] = span;
  const fits = [width / Math.max(1e-9, right - left), height / Math.max(1e-9, top - bottom)] as const;
  const least = Math.min(...fits);
  // Where the plane is one of many, one direction may be stretched against the other to fill the picture.
  const [across, up] = fits.map((fit) => FILLED * Math.min(fit, projected ? STRETCH * least : least)) as [
    number,
    number,
  ];
  return (x: number, y: number): readonly [number, number] => [
    width / 2 + across * (x - (left + right) / 2),
    height / 2 - up * (y - (bottom + top) / 2),
  ];
}
