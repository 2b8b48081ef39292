/**
 * tanh of rows of two or three single-precision numbers, a fourth to a half of whose vectors is padding: four rows are moved
 * together into two or three whole vectors, and apart again. Lanes do not mix: the same bits as one row at a time.
 */
import { tanh } from "./elementary/tanh";

/** y = tanh x for the first rows & ~3 rows of two numbers. y may be x. */
export function tanh_rows2(y: usize, x: usize, rows: u32): void {
  const keep = i32x4(-1, -1, 0, 0);
  const end = y + (usize(rows & ~3) << 4);
  for (; y < end; y += 64, x += 64) {
    const p = tanh<f32>(v128.shuffle<f32>(v128.load(x), v128.load(x, 16), 0, 1, 4, 5));
    const q = tanh<f32>(v128.shuffle<f32>(v128.load(x, 32), v128.load(x, 48), 0, 1, 4, 5));
    v128.store(y, v128.and(p, keep));
    v128.store(y, v128.and(v128.shuffle<f32>(p, p, 2, 3, 4, 5), keep), 16);
    v128.store(y, v128.and(q, keep), 32);
    v128.store(y, v128.and(v128.shuffle<f32>(q, q, 2, 3, 4, 5), keep), 48);
  }
}

/** The same of three numbers. */
export function tanh_rows3(y: usize, x: usize, rows: u32): void {
  const keep = i32x4(-1, -1, -1, 0);
  const end = y + (usize(rows & ~3) << 4);
  for (; y < end; y += 64, x += 64) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const x2 = v128.load(x, 32);
    const x3 = v128.load(x, 48);
    const p = tanh<f32>(v128.shuffle<f32>(x0, x1, 0, 1, 2, 4));
    const q = tanh<f32>(v128.shuffle<f32>(x1, x2, 1, 2, 4, 5));
    const r = tanh<f32>(v128.shuffle<f32>(x2, x3, 2, 4, 5, 6));
    v128.store(y, v128.and(p, keep));
    v128.store(y, v128.and(v128.shuffle<f32>(p, q, 3, 4, 5, 6), keep), 16);
    v128.store(y, v128.and(v128.shuffle<f32>(q, r, 2, 3, 4, 5), keep), 32);
    v128.store(y, v128.and(v128.shuffle<f32>(r, r, 1, 2, 3, 4), keep), 48);
  }
}
