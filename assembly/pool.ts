/**
 * Pooling over windows (windows.ts), channel by channel. The largest: `pick_max` takes v where `key` is largest under the
 * window, the first of equals; with v = key it is the pooling, with a tangent its derivative; `place_max` is the adjoint.
 * The mean: over all positions of a window, those outside the image count as zeros; adaptive windows tile the image.
 */
import { rowBytes } from "./rows";
import { first, Pair, second } from "./windows";

/** z[place] = β z + v[the position of the largest key under the window]. */
export function pick_max<T extends number>(
  z: usize,
  v: usize,
  key: usize,
  shape: usize,
  examples: u32,
  channels: u32,
  beta: i32,
): void {
  const h = i32(first(shape, Pair.Image));
  const w = i32(second(shape, Pair.Image));
  const row = rowBytes<T>(channels);
  const oh = i32(first(shape, Pair.Places));
  const ow = i32(second(shape, Pair.Places));
  const kh = i32(first(shape, Pair.Window));
  const kw = i32(second(shape, Pair.Window));
  const sh = i32(first(shape, Pair.Stride));
  const sw = i32(second(shape, Pair.Stride));
  const ph = i32(first(shape, Pair.Padding));
  const pw = i32(second(shape, Pair.Padding));
  const line = usize(w) * row;
  const image = usize(h) * line;
  const apart = v - key;
  for (let e: u32 = 0; e < examples; e++, key += image) {
    for (let i = 0; i < oh; i++) {
      const top = i * sh - ph;
      const bottom = min<i32>(h, top + kh);
      for (let j = 0; j < ow; j++, z += row) {
        const left = j * sw - pw;
        const right = min<i32>(w, left + kw);
        const corner = usize(max<i32>(0, top) * w + max<i32>(0, left)) * row;
        const across = usize(right - max<i32>(0, left)) * row;
        const down = usize(bottom - max<i32>(0, top)) * line;
        if (across == 2 * row && down == 2 * line) {
          pickOfFour<T>(z, key + corner, row, line, apart, beta);
          continue;
        }
        for (let c: usize = 0; c < row; c += 16) {
          const start = key + corner + c;
          let best = v128.load(start);
          let value = v128.load(start + apart);
          for (let upper = start; upper < start + down; upper += line) {
            for (let at = upper; at < upper + across; at += row) {
              const k = v128.load(at);
              const here = larger<T>(k, best);
              best = v128.bitselect(k, best, here);
              value = v128.bitselect(v128.load(at + apart), value, here);
            }
          }
          v128.store(z + c, beta != 0 ? v128.add<T>(v128.load(z + c), value) : value);
        }
      }
    }
  }
}

/** A mask of the lanes where k takes the place of the largest so far: a larger number, or NaN. */
function larger<T extends number>(k: v128, best: v128): v128 {
  return v128.or(v128.gt<T>(k, best), v128.ne<T>(k, k));
}

/** A whole window of 2 × 2 from `key` on, all channels; v lies `apart` from key. */
function pickOfFour<T extends number>(z: usize, key: usize, row: usize, line: usize, apart: usize, beta: i32): void {
  for (const end = key + row; key < end; key += 16, z += 16) {
    let best = v128.load(key);
    let value = v128.load(key + apart);
    const k1 = v128.load(key + row);
    const is1 = larger<T>(k1, best);
    best = v128.bitselect(k1, best, is1);
    value = v128.bitselect(v128.load(key + row + apart), value, is1);
    const k2 = v128.load(key + line);
    const is2 = larger<T>(k2, best);
    best = v128.bitselect(k2, best, is2);
    value = v128.bitselect(v128.load(key + line + apart), value, is2);
    const is3 = larger<T>(v128.load(key + line + row), best);
    value = v128.bitselect(v128.load(key + line + row + apart), value, is3);
    v128.store(z, beta != 0 ? v128.add<T>(v128.load(z), value) : value);
  }
}

/** The adjoint for a whole window of 2 × 2: dv lies `apart` from key. */
function placeOfFour<T extends number>(dz: usize, key: usize, row: usize, line: usize, apart: usize): void {
  for (const end = key + row; key < end; key += 16, dz += 16) {
    const k0 = v128.load(key);
    const k1 = v128.load(key + row);
    const k2 = v128.load(key + line);
    const k3 = v128.load(key + line + row);
    const best = v128.pmax<T>(v128.pmax<T>(v128.pmax<T>(k0, k1), k2), k3);
    let rest = v128.load(dz);
    rest = placeOne<T>(key + apart, rest, v128.eq<T>(k0, best));
    rest = placeOne<T>(key + row + apart, rest, v128.eq<T>(k1, best));
    rest = placeOne<T>(key + line + apart, rest, v128.eq<T>(k2, best));
    placeOne<T>(key + line + row + apart, rest, v128.eq<T>(k3, best));
  }
}

/** dv += rest where it is `here`; returns what is left for later positions. */
function placeOne<T extends number>(dv: usize, rest: v128, here: v128): v128 {
  v128.store(dv, v128.add<T>(v128.load(dv), v128.and(rest, here)));
  return v128.andnot(rest, here);
}

/** dv = β dv, then dv[the position of the largest key under the window] += dz[place]. */
export function place_max<T extends number>(
  dv: usize,
  dz: usize,
  key: usize,
  shape: usize,
  examples: u32,
  channels: u32,
  beta: i32,
): void {
  const h = i32(first(shape, Pair.Image));
  const w = i32(second(shape, Pair.Image));
  const row = rowBytes<T>(channels);
  const oh = i32(first(shape, Pair.Places));
  const ow = i32(second(shape, Pair.Places));
  const kh = i32(first(shape, Pair.Window));
  const kw = i32(second(shape, Pair.Window));
  const sh = i32(first(shape, Pair.Stride));
  const sw = i32(second(shape, Pair.Stride));
  const ph = i32(first(shape, Pair.Padding));
  const pw = i32(second(shape, Pair.Padding));
  const line = usize(w) * row;
  const image = usize(h) * line;
  const apart = dv - key;
  if (beta == 0) memory.fill(dv, 0, usize(examples) * image);
  for (let e: u32 = 0; e < examples; e++, key += image) {
    for (let i = 0; i < oh; i++) {
      const top = i * sh - ph;
      const bottom = min<i32>(h, top + kh);
      for (let j = 0; j < ow; j++, dz += row) {
        const left = j * sw - pw;
        const right = min<i32>(w, left + kw);
        const corner = usize(max<i32>(0, top) * w + max<i32>(0, left)) * row;
        const across = usize(right - max<i32>(0, left)) * row;
        const down = usize(bottom - max<i32>(0, top)) * line;
        if (across == 2 * row && down == 2 * line) {
          placeOfFour<T>(dz, key + corner, row, line, apart);
          continue;
        }
        for (let c: usize = 0; c < row; c += 16) {
          const start = key + corner + c;
          let best = v128.load(start);
          for (let upper = start; upper < start + down; upper += line) {
            for (let at = upper; at < upper + across; at += row) {
              best = v128.pmax<T>(best, v128.load(at));
            }
          }
          let rest = v128.load(dz + c);
          for (let upper = start; upper < start + down; upper += line) {
            for (let at = upper; at < upper + across; at += row) {
              rest = placeOne<T>(at + apart, rest, v128.eq<T>(v128.load(at), best));
            }
          }
        }
      }
    }
  }
}

/** First position of adaptive window i of n over `size` positions; its end is that of i + 1 rounded up. */
function adaptiveStart(i: i32, n: i32, size: i32): i32 {
  return i32((i64(i) * i64(size)) / i64(n));
}

function adaptiveEnd(i: i32, n: i32, size: i32): i32 {
  return i32((i64(i + 1) * i64(size) + i64(n) - 1) / i64(n));
}

/**
 * The mean under each window. `spread` = false: z[place] = β z + mean of x; true: the adjoint, z is read and x is written,
 * x = β x + Σ z[place] / positions.
 */
export function average<T extends number>(
  z: usize,
  x: usize,
  shape: usize,
  examples: u32,
  channels: u32,
  beta: i32,
  adaptive: bool,
  spread: bool,
): void {
  const h = i32(first(shape, Pair.Image));
  const w = i32(second(shape, Pair.Image));
  const row = rowBytes<T>(channels);
  const oh = i32(first(shape, Pair.Places));
  const ow = i32(second(shape, Pair.Places));
  const kh = i32(first(shape, Pair.Window));
  const kw = i32(second(shape, Pair.Window));
  const sh = i32(first(shape, Pair.Stride));
  const sw = i32(second(shape, Pair.Stride));
  const ph = i32(first(shape, Pair.Padding));
  const pw = i32(second(shape, Pair.Padding));
  const image = usize(h * w) * row;
  if (spread && beta == 0) memory.fill(x, 0, usize(examples) * image);
  for (let e: u32 = 0; e < examples; e++, x += image) {
    for (let i = 0; i < oh; i++) {
      const top = adaptive ? adaptiveStart(i, oh, h) : i * sh - ph;
      const bottom = adaptive ? adaptiveEnd(i, oh, h) : top + kh;
      for (let j = 0; j < ow; j++, z += row) {
        const left = adaptive ? adaptiveStart(j, ow, w) : j * sw - pw;
        const right = adaptive ? adaptiveEnd(j, ow, w) : left + kw;
        const share = v128.splat<T>(((1 as T) / (((bottom - top) * (right - left)) as T)) as T);
        const y0 = max<i32>(0, top);
        const y1 = min<i32>(h, bottom);
        const x0 = max<i32>(0, left);
        const x1 = min<i32>(w, right);
        for (let c: usize = 0; c < row; c += 16) {
          let sum = v128.splat<T>(0 as T);
          if (spread) sum = v128.mul<T>(v128.load(z + c), share);
          for (let y = y0; y < y1; y++) {
            let at = x + usize(y * w + x0) * row + c;
            for (const end = at + usize(max<i32>(0, x1 - x0)) * row; at < end; at += row) {
              if (spread) v128.store(at, v128.add<T>(v128.load(at), sum));
              else sum = v128.add<T>(sum, v128.load(at));
            }
          }
          if (spread) continue;
          sum = v128.mul<T>(sum, share);
          v128.store(z + c, beta != 0 ? v128.add<T>(v128.load(z + c), sum) : sum);
        }
      }
    }
  }
}
