/** values[k], where k is known to lie within. */
export function nth<T>(values: ArrayLike<T>, k: number): T {
  const value = values[k];
  if (value === undefined) throw new RangeError(`expected an index below ${values.length}, got ${k}`);
  return value;
}
