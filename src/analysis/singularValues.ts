/**
 * Singular values of the matrix with the given columns, largest first: rotations make the columns orthogonal in pairs, and
 * their lengths are the singular values, small ones to full relative accuracy too (Hestenes 1958; Demmel & Veselić 1992).
 */
export function singularValues(columns: readonly ArrayLike<number>[]): number[] {
  const A = columns.map((column) => Float64Array.from(column));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let rotated = false;
    A.forEach((x, k) => {
      for (const y of A.slice(0, k)) rotated = orthogonalize(x, y) || rotated;
    });
    if (!rotated) break;
  }
  return A.map((x) => Math.sqrt(inner(x, x))).sort((a, b) => b - a);
}

const SWEEPS = 60;
const EPSILON = 2 ** -52;

/** Rotates x and y in their plane until they are orthogonal; false where they are. */
function orthogonalize(x: Float64Array, y: Float64Array): boolean {
  const [a, b, c] = [inner(x, x), inner(y, y), inner(x, y)];
  if (Math.abs(c) <= EPSILON * Math.sqrt(a * b)) return false;
  const zeta = (b - a) / (2 * c);
  const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const cosine = 1 / Math.sqrt(1 + t * t);
  const sine = cosine * t;
  for (let i = 0; i < x.length; i++) {
    const [u, v] = [x[i] as number, y[i] as number];
    x[i] = cosine * u - sine * v;
    y[i] = sine * u + cosine * v;
  }
  return true;
}

function inner(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
  return sum;
}
