/** Two ways down in the plane, with Armijo's rule: x ← x − t ∇f, and x ← x − t H ∇f with the BFGS approximation H of the inverse Hessian. */

export type Point = readonly [number, number];
export type Objective = (x: Point) => { value: number; gradient: Point };
/** All points on the way, the start first. */
export type Descent = (f: Objective, start: Point, iterations: number) => Point[];

const dot = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1];

/** Halves t until f falls by at least 10⁻⁴ t |∇fᵀ d| (Nocedal & Wright 2006, 3.1). */
function armijo(f: Objective, x: Point, now: ReturnType<Objective>, d: Point, first: number): Point | undefined {
  for (let t = first; t > 1e-10; t /= 2) {
    const next: Point = [x[0] + t * d[0], x[1] + t * d[1]];
    if (f(next).value <= now.value + 1e-4 * t * dot(now.gradient, d)) return next;
  }
  return undefined;
}

export const gradientDescent: Descent = (f, start, iterations) => {
  const path = [start];
  let x = start;
  let t = 0.1;
  for (let k = 0; k < iterations; k++) {
    const now = f(x);
    const d: Point = [-now.gradient[0], -now.gradient[1]];
    const length = Math.sqrt(dot(d, d));
    if (length < 1e-9) break;
    // No step is longer than 0.5, so that the path stays in its valley.
    const next = armijo(f, x, now, d, Math.min(2 * t, 0.5 / length));
    if (!next) break;
    t = Math.hypot(next[0] - x[0], next[1] - x[1]) / length;
    x = next;
    path.push(x);
  }
  return path;
};

export const bfgs: Descent = (f, start, iterations) => {
  const path = [start];
  let x = start;
  let now = f(x);
  let H = [1, 0, 0, 1];
  for (let k = 0; k < iterations; k++) {
    const g = now.gradient;
    let d: Point = [
      -(H[0] as number) * g[0] - (H[1] as number) * g[1],
      -(H[2] as number) * g[0] - (H[3] as number) * g[1],
    ];
    if (dot(d, g) >= 0) d = [-g[0], -g[1]];
    const length = Math.sqrt(dot(d, d));
    if (length < 1e-10) break;
    // The first step has no scale yet; no step is longer than 0.5.
    const next = armijo(f, x, now, d, k === 0 ? 0.1 / length : Math.min(1, 0.5 / length));
    if (!next) break;
    const after = f(next);
    const s: Point = [next[0] - x[0], next[1] - x[1]];
    const y: Point = [after.gradient[0] - g[0], after.gradient[1] - g[1]];
    const sy = dot(s, y);
    if (sy > 0) {
      // Scaled once, before the first update (Nocedal & Wright 2006, eq. 6.20).
      if (k === 0) H = [sy / dot(y, y), 0, 0, sy / dot(y, y)];
      H = update(H, s, y, sy);
    }
    x = next;
    now = after;
    path.push(x);
  }
  return path;
};

/** (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ, ρ = 1 / sᵀy (Nocedal & Wright 2006, eq. 6.17). */
function update(H: readonly number[], s: Point, y: Point, sy: number): number[] {
  const [a = 0, b = 0, c = 0, e = 0] = H;
  const Hy: Point = [a * y[0] + b * y[1], c * y[0] + e * y[1]];
  const factor = (1 + dot(y, Hy) / sy) / sy;
  return [0, 1].flatMap((i) =>
    [0, 1].map(
      (j) =>
        (H[2 * i + j] as number) +
        factor * (s[i] as number) * (s[j] as number) -
        ((Hy[i] as number) * (s[j] as number) + (s[i] as number) * (Hy[j] as number)) / sy,
    ),
  );
}
