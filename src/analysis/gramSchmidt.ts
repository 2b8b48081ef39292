/**
 * Makes vectors orthonormal in place and returns |diag R| of their QR decomposition: modified Gram–Schmidt, every vector
 * twice, after which the vectors are orthogonal to round-off (Giraud, Langou & Rozložník 2005).
 */
export function orthonormalize(vectors: readonly Float64Array[]): Float64Array {
  return Float64Array.from(vectors, (v, k) => {
    let length = norm(v);
    for (let pass = 0; pass < 2; pass++) {
      for (const q of vectors.slice(0, k)) {
        const along = v.reduce((s, x, i) => s + x * (q[i] as number), 0);
        for (let i = 0; i < v.length; i++) v[i] = (v[i] as number) - along * (q[i] as number);
      }
      length = norm(v);
    }
    if (length > 0) for (let i = 0; i < v.length; i++) v[i] = (v[i] as number) / length;
    return length;
  });
}

const norm = (v: Float64Array): number => Math.sqrt(v.reduce((s, x) => s + x * x, 0));
