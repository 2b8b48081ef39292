/** Long vectors: inner products in double precision, clipping by the norm, multiples and sums. */
import { madd } from "./lanes";

/** out[0] = xᵀ y over n numbers in whole vectors, added in double precision in four running sums. */
export function dot<T extends number>(out: usize, x: usize, y: usize, n: u32): void {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  const end = x + usize(n) * sizeof<T>();
  if (sizeof<T>() == 4) {
    for (; x < end; x += 16, y += 16) {
      const a = v128.load(x);
      const b = v128.load(y);
      s0 = f64x2.add(s0, f64x2.mul(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b)));
      s1 = f64x2.add(s1, f64x2.mul(promoteHigh(a), promoteHigh(b)));
    }
  } else {
    for (; x + 16 < end; x += 32, y += 32) {
      s0 = f64x2.add(s0, f64x2.mul(v128.load(x), v128.load(y)));
      s1 = f64x2.add(s1, f64x2.mul(v128.load(x, 16), v128.load(y, 16)));
    }
    if (x < end) s0 = f64x2.add(s0, f64x2.mul(v128.load(x), v128.load(y)));
  }
  s0 = f64x2.add(s0, s1);
  store<f64>(out, f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1));
}

/** out <- 0 over n numbers. */
export function clear<T extends number>(out: usize, n: u32): void {
  memory.fill(out, 0, usize(n) * sizeof<T>());
}

/** out <- x over n numbers. */
export function copy<T extends number>(out: usize, x: usize, n: u32): void {
  memory.copy(out, x, usize(n) * sizeof<T>());
}

/** g <- g · min(1, c / ‖g‖) over n numbers in whole vectors; `squaredNorm` is the address of ‖g‖² as f64. */
export function clip<T extends number>(g: usize, squaredNorm: usize, c: f64, n: u32): void {
  const norm = Math.sqrt(load<f64>(squaredNorm));
  if (norm <= c) return;
  const factor = v128.splat<T>((c / norm) as T);
  const end = g + usize(n) * sizeof<T>();
  for (; g < end; g += 16) v128.store(g, v128.mul<T>(factor, v128.load(g)));
}

/** y <- y + a x over n numbers in whole vectors. */
export function axpy<T extends number>(y: usize, a: f64, x: usize, n: u32): void {
  const factor = v128.splat<T>(a as T);
  const end = y + usize(n) * sizeof<T>();
  for (; y < end; y += 16, x += 16) v128.store(y, madd<T>(factor, v128.load(x), v128.load(y)));
}

/** y <- a y over n numbers in whole vectors. */
export function scale<T extends number>(y: usize, a: f64, n: u32): void {
  const factor = v128.splat<T>(a as T);
  const end = y + usize(n) * sizeof<T>();
  for (; y < end; y += 16) v128.store(y, v128.mul<T>(factor, v128.load(y)));
}

function promoteHigh(a: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(a, a, 1, 1));
}
