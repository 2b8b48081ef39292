/** Plain arrays as vectors: + − × in a fixed order, the same bits on every engine. */
import type { Block, Space } from "./method.ts";

export const arrays: Space<Float64Array> = {
  dot(x, y) {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
    return sum;
  },
  axpy(y, a, x) {
    for (let i = 0; i < y.length; i++) y[i] = (y[i] as number) + a * (x[i] as number);
  },
  scale(y, a) {
    // 0 clears whatever was there.
    if (a === 0) y.fill(0);
    else for (let i = 0; i < y.length; i++) y[i] = a * (y[i] as number);
  },
  copy(to, from) {
    to.set(from);
  },
  part: (x, { first, count }: Block) => x.subarray(first, first + count),
};
