/** A matrix as the list of its columns. */
export type Columns = readonly Float64Array[];

/** A x. */
export function times(A: Columns, x: Float64Array): Float64Array {
  const out = new Float64Array(A[0]?.length ?? 0);
  A.forEach((column, k) => {
    const factor = x[k] as number;
    for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + factor * (column[i] as number);
  });
  return out;
}
