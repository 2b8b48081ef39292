/** Complex numbers as far as stability functions need them. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

export const ONE: Complex = { re: 1, im: 0 };

export function add(...terms: readonly Complex[]): Complex {
  return { re: terms.reduce((s, z) => s + z.re, 0), im: terms.reduce((s, z) => s + z.im, 0) };
}

export function multiply(a: Complex, b: Complex): Complex {
  return { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
}

export function divide(a: Complex, b: Complex): Complex {
  const d = b.re * b.re + b.im * b.im;
  return { re: (a.re * b.re + a.im * b.im) / d, im: (a.im * b.re - a.re * b.im) / d };
}

export function scale(c: number, z: Complex): Complex {
  return { re: c * z.re, im: c * z.im };
}

export function modulus({ re, im }: Complex): number {
  return Math.sqrt(re * re + im * im);
}

/** The root with non-negative real part. */
export function squareRoot(z: Complex): Complex {
  const r = modulus(z);
  const re = Math.sqrt(Math.max(0, (r + z.re) / 2));
  const im = Math.sqrt(Math.max(0, (r - z.re) / 2));
  return { re, im: z.im < 0 ? -im : im };
}

/** The largest modulus of the roots of ρ² + b ρ + c. */
export function largestRoot(b: Complex, c: Complex): number {
  const half = scale(-0.5, b);
  const root = squareRoot(add(multiply(half, half), scale(-1, c)));
  return Math.max(modulus(add(half, root)), modulus(add(half, scale(-1, root))));
}
