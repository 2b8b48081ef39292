/**
 * The update of every explicit one-step method: out = Σ c_i x_i, up to five terms, as in y + h Σ b_i k_i. One pass each, so
 * that out may be any of the x_i, and several of them.
 */
import { madd } from "./lanes";

/** out <- c0 x0. `n` numbers in whole vectors; out may be x0. */
export function combine1<T extends number>(out: usize, c0: T, x0: usize, n: u32): void {
  const s0 = v128.splat<T>(c0);
  const end = out + usize(n) * sizeof<T>();
  for (; out < end; out += 16, x0 += 16) v128.store(out, v128.mul<T>(s0, v128.load(x0)));
}

/** out <- x0 + c1 x1, exact in x0 when c0 = 1. */
export function combine2<T extends number>(out: usize, c0: T, x0: usize, c1: T, x1: usize, n: u32): void {
  const s0 = v128.splat<T>(c0);
  const s1 = v128.splat<T>(c1);
  const end = out + usize(n) * sizeof<T>();
  if (c0 == (1 as T)) {
    for (; out < end; out += 16, x0 += 16, x1 += 16) {
      v128.store(out, madd<T>(s1, v128.load(x1), v128.load(x0)));
    }
    return;
  }
  for (; out < end; out += 16, x0 += 16, x1 += 16) {
    v128.store(out, madd<T>(s1, v128.load(x1), v128.mul<T>(s0, v128.load(x0))));
  }
}

/** out <- c0 x0 + c1 x1 + c2 x2. */
export function combine3<T extends number>(
  out: usize,
  c0: T,
  x0: usize,
  c1: T,
  x1: usize,
  c2: T,
  x2: usize,
  n: u32,
): void {
  const s0 = v128.splat<T>(c0);
  const s1 = v128.splat<T>(c1);
  const s2 = v128.splat<T>(c2);
  const end = out + usize(n) * sizeof<T>();
  for (; out < end; out += 16, x0 += 16, x1 += 16, x2 += 16) {
    const two = madd<T>(s1, v128.load(x1), v128.mul<T>(s0, v128.load(x0)));
    v128.store(out, madd<T>(s2, v128.load(x2), two));
  }
}

/** out <- c0 x0 + c1 x1 + c2 x2 + c3 x3. */
export function combine4<T extends number>(
  out: usize,
  c0: T,
  x0: usize,
  c1: T,
  x1: usize,
  c2: T,
  x2: usize,
  c3: T,
  x3: usize,
  n: u32,
): void {
  const s0 = v128.splat<T>(c0);
  const s1 = v128.splat<T>(c1);
  const s2 = v128.splat<T>(c2);
  const s3 = v128.splat<T>(c3);
  const end = out + usize(n) * sizeof<T>();
  for (; out < end; out += 16, x0 += 16, x1 += 16, x2 += 16, x3 += 16) {
    const two = madd<T>(s1, v128.load(x1), v128.mul<T>(s0, v128.load(x0)));
    v128.store(out, madd<T>(s3, v128.load(x3), madd<T>(s2, v128.load(x2), two)));
  }
}

/** out <- c0 x0 + c1 x1 + c2 x2 + c3 x3 + c4 x4. */
export function combine5<T extends number>(
  out: usize,
  c0: T,
  x0: usize,
  c1: T,
  x1: usize,
  c2: T,
  x2: usize,
  c3: T,
  x3: usize,
  c4: T,
  x4: usize,
  n: u32,
): void {
  const s0 = v128.splat<T>(c0);
  const s1 = v128.splat<T>(c1);
  const s2 = v128.splat<T>(c2);
  const s3 = v128.splat<T>(c3);
  const s4 = v128.splat<T>(c4);
  const end = out + usize(n) * sizeof<T>();
  for (; out < end; out += 16, x0 += 16, x1 += 16, x2 += 16, x3 += 16, x4 += 16) {
    const two = madd<T>(s1, v128.load(x1), v128.mul<T>(s0, v128.load(x0)));
    const four = madd<T>(s3, v128.load(x3), madd<T>(s2, v128.load(x2), two));
    v128.store(out, madd<T>(s4, v128.load(x4), four));
  }
}
