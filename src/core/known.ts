/** A value that is there wherever the rest of the code is right. */
export function known<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new TypeError(`expected a value, got ${value}`);
  return value;
}
