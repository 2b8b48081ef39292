/**
 * Vectors of 16 bytes, generic in the number: four f32 or two f64 at once. Every multiplication and addition is rounded (no FMA),
 * so the bits are the same on every engine. The relaxed build is compiled from the same source with the feature relaxed-simd:
 * there `madd` alone differs, and the bits with the machine.
 */

/** The number `value` in every lane. */
export function constant<T>(value: f64): v128 {
  return sizeof<T>() == 4 ? v128.splat<f32>(f32(value)) : v128.splat<f64>(value);
}

/** a b + c, rounded twice; in the relaxed build once or twice, as the machine likes. */
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}

/** Sum of the lanes, halves first: (v₀ + v₂) + (v₁ + v₃), or v₀ + v₁. */
export function sum<T>(v: v128): T {
  v = v128.add<T>(v, v128.shuffle<i64>(v, v, 1, 0));
  if (sizeof<T>() == 4) v = v128.add<T>(v, v128.shuffle<i32>(v, v, 1, 0, 3, 2));
  return v128.extract_lane<T>(v, 0);
}
