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

export function scale(c: number, z: Complex): Complex {
  return { re: c * z.re, im: c * z.im };
}

export function modulus({ re, im }: Complex): number {
  return Math.sqrt(re * re + im * im);
}
