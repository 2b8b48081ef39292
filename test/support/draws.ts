/** n numbers in [−scale, scale) by s ← (1664525 s + 1013904223) mod 2³², u = s / 2³²: the fixtures' own formula. */
export function symmetric(seed: number, n: number, scale = 1): number[] {
  let s = seed >>> 0;
  return Array.from({ length: n }, () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return scale * ((2 * s) / 2 ** 32 - 1);
  });
}

/** n integers in 0 … count − 1. */
export function integers(seed: number, n: number, count: number): number[] {
  return symmetric(seed, n).map((u) => Math.floor(((u + 1) / 2) * count));
}

/** x + h d. */
export function along(x: ArrayLike<number>, h: number, d: ArrayLike<number>): number[] {
  return Array.from(x, (entry, i) => entry + h * (d[i] as number));
}
