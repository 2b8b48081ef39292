/**
 * Elementary functions to about 90 digits, in fixed point on BigInt: the reference that f64 kernels are measured against.
 * A value is `{ m, e }`, meaning m · 2^e.
 */
export interface Big {
  readonly m: bigint;
  readonly e: number;
}

const BITS = 320;
const P = BigInt(BITS);
const ONE = 1n << P;

const view = new DataView(new ArrayBuffer(8));

/** The exact value of a finite double. */
export function big(x: number): Big {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const m = exponent === 0 ? fraction : fraction | 0x10000000000000n;
  return { m: x < 0 ? -m : m, e: Math.max(exponent, 1) - 1075 };
}

function shift(m: bigint, by: number): bigint {
  return by >= 0 ? m << BigInt(by) : m >> BigInt(-by);
}

/** In fixed point with BITS bits behind the point. */
function fixed(x: Big): bigint {
  return shift(x.m, x.e + BITS);
}

function times(a: bigint, b: bigint): bigint {
  return (a * b) >> P;
}

/** atanh z or (sign −1) atan z, |z| small, by the series. */
function area(z: bigint, sign: bigint): bigint {
  const square = sign * times(z, z);
  let power = z;
  let total = 0n;
  for (let k = 1n; power !== 0n && power !== -1n; k += 2n) {
    total += power / k;
    power = times(power, square);
  }
  return total;
}

const LN2 = 2n * area(ONE / 3n, 1n);
const PI = 4n * (4n * area(ONE / 5n, -1n) - area(ONE / 239n, -1n)); // Machin

function series(r: bigint, start: bigint, first: bigint, step: bigint, sign: bigint): bigint {
  let term = start;
  let total = 0n;
  for (let k = first; term !== 0n && term !== -1n; k += step) {
    total += term;
    let divisor = 1n;
    for (let j = 1n; j <= step; j++) divisor *= k + j;
    let power = r;
    if (step === 2n) power = times(r, r);
    term = (sign * times(term, power)) / divisor;
  }
  return total;
}

function nearest(a: bigint, b: bigint): bigint {
  const quotient = (2n * a + b) / (2n * b);
  return quotient * 2n * b > 2n * a + b ? quotient - 1n : quotient;
}

function expFixed(x: bigint): Big {
  const n = nearest(x, LN2);
  return { m: series(x - n * LN2, ONE, 0n, 1n, 1n), e: Number(n) - BITS };
}

function logBig({ m, e }: Big): Big {
  let digits = m.toString(2).length;
  if (shift(m, 8 - digits) < 180n) digits--; // 180 / 256 ≈ √½
  const mantissa = shift(m, BITS - digits); // in [√½, √2): nothing cancels near 1
  const value = 2n * area(((mantissa - ONE) << P) / (mantissa + ONE), 1n) + BigInt(e + digits) * LN2;
  return { m: value, e: -BITS };
}

function divide(a: Big, b: Big): Big {
  const bits = BITS + b.m.toString(2).length;
  return { m: shift(a.m, bits) / b.m, e: a.e - b.e - bits };
}

function add(a: Big, b: Big): Big {
  const e = Math.min(a.e, b.e);
  return { m: shift(a.m, a.e - e) + shift(b.m, b.e - e), e };
}

const one: Big = { m: 1n, e: 0 };
const negative = (x: Big): Big => ({ m: -x.m, e: x.e });

export function exp(x: number): Big {
  return expFixed(fixed(big(x)));
}

export function log(x: number): Big {
  return logBig(big(x));
}

/** tanh x = 1 − 2 / (e²ˣ + 1); below 2^−60 it is x to 36 digits. */
export function tanh(x: number): Big {
  if (Math.abs(x) < 2 ** -60) return big(x);
  const e = expFixed(2n * fixed(big(x)));
  return divide(add(e, negative(one)), add(e, one));
}

export function sigmoid(x: number): Big {
  return divide(one, add(one, exp(-x)));
}

/** log(1 + eˣ); where eˣ is below 2^−200 it is eˣ to 60 digits. */
export function softplus(x: number): Big {
  const e = exp(x);
  return x < -140 ? e : logBig(add(one, e));
}

function wave(x: number, quadrant: bigint): Big {
  const a = fixed(big(x));
  const n = nearest(2n * a, PI);
  const r = a - (n * PI) / 2n;
  const q = (((n + quadrant) % 4n) + 4n) % 4n;
  const value = q % 2n === 0n ? series(r, r, 1n, 2n, -1n) : series(r, ONE, 0n, 2n, -1n);
  return { m: q >= 2n ? -value : value, e: -BITS };
}

/** sin x; below 2^−60 it is x to 36 digits. */
export function sin(x: number): Big {
  return Math.abs(x) < 2 ** -60 ? big(x) : wave(x, 0n);
}

export function cos(x: number): Big {
  return wave(x, 1n);
}

/** The distance of `actual` from the exact value, in units of the last place of a double (denormals included). */
export function ulps(actual: number, exact: Big): number {
  const got = Number.isFinite(actual) ? big(actual) : { m: actual < 0 ? -1n : 1n, e: 1024 };
  const size = exact.m < 0n ? -exact.m : exact.m;
  const unit = Math.min(Math.max(size.toString(2).length + exact.e - 53, -1074), 971);
  const difference = add(got, negative(exact));
  return Math.abs(Number(shift(difference.m, difference.e - unit + 30))) / 2 ** 30;
}
